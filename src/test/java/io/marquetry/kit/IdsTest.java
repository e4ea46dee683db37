package io.marquetry.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdsTest {
  private final Ids ids = new Ids(new byte[32]);

  /**
   * First half of SHA-256 over 32 zero bytes and the parts behind their lengths, by another tool.
   */
  @Test
  void device_golden_neverChanges() {
    assertThat(ids.device("demo", "a1").toString()).isEqualTo("3bcf355d5cd9e464fe626037d3928c49");
  }

  @Test
  void keys_sameValueOtherKindSiteOrSecret_differ() {
    var seen = new HashSet<Id128>();
    assertThat(seen.add(ids.device("demo", "1"))).isTrue();
    assertThat(seen.add(ids.user("demo", "1"))).isTrue();
    assertThat(seen.add(ids.message("demo", "1"))).isTrue();
    assertThat(seen.add(ids.device("dem", "o1"))).isTrue();
    assertThat(seen.add(new Ids(new byte[16]).device("demo", "1"))).isTrue();
  }

  @Test
  void id_text_roundTrips() {
    var random = new SplittableRandom(7);
    for (int i = 0; i < 1_000; i++) {
      var id = new Id128(random.nextLong(), random.nextLong());
      assertThat(Id128.parse(id.toString())).isEqualTo(id);
      assertThat(Id128.isId(id.toString())).isTrue();
    }
    assertThat(Id128.isId("nope")).isFalse();
    assertThatThrownBy(() -> Id128.parse("nope")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void owner_everyShard_isOwnedByOneOfTheOwnersEvenly() {
    var owned = new int[3];
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      owned[Shards.owner(new Id128(0, shard), 3)]++;
    }
    assertThat(owned).containsExactly(22, 21, 21);
  }
}
