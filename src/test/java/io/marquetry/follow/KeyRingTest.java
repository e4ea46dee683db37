package io.marquetry.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.follow.KeyRing.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRingTest {
  /** SHA-256 of {@code demo} and of {@code secret}, as computed by coreutils. */
  private static final String DEMO =
      "2a97516c354b68848cdbd8f54a226a0a55b21ed138e207ad6c5cbb9c00aa5aea";

  private static final String SECRET =
      "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

  private final KeyRing ring =
      new KeyRing(
          new Catalogue(
              "v",
              1,
              List.of(),
              List.of(
                  new WriteKey(DEMO, "demo", "write"),
                  new WriteKey(SECRET, "shop", "server"),
                  new WriteKey("k1", "shop", "identity"),
                  new WriteKey("k2", "shop", "identity"),
                  new WriteKey("00", "shop", "other"))));

  @Test
  void find_knownKey_givesSiteAndKindEveryTime() {
    for (int i = 0; i < 3; i++) {
      assertThat(ring.find("demo")).isEqualTo(new Access("demo", Kind.WRITE));
      assertThat(ring.find("secret")).isEqualTo(new Access("shop", Kind.SERVER));
    }
  }

  @Test
  void find_unknownKey_isNull() {
    assertThat(ring.find("Demo")).isNull();
    assertThat(ring.find("")).isNull();
    assertThat(ring.find(null)).isNull();
    assertThat(ring.find(DEMO)).as("the hash itself opens nothing").isNull();
    assertThat(KeyRing.empty().find("demo")).isNull();
  }

  @Test
  void identityKeys_bySite_areItsIdsAndOpenNothing() {
    assertThat(ring.identityKeys("shop")).containsExactly("k1", "k2");
    assertThat(ring.identityKeys("demo")).isEmpty();
    assertThat(ring.find("k1")).isNull();
  }
}
