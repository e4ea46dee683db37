package io.marquetry.decisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.kit.Id128;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {
  /** Guards the definition: whoever is held out today is held out after every update. */
  @Test
  void hash_goldenVectors_neverChange() {
    assertThat(hash("holdout", 0, 0)).isEqualTo("19b24bf69c450629");
    assertThat(hash("holdout", 1, 2)).isEqualTo("1cfcbd7d7c7f0427");
    assertThat(hash("holdout", -1, Long.MIN_VALUE)).isEqualTo("2ee8b3fdbae6f795");
    assertThat(hash("", 1, 2)).isEqualTo("3117f06b828c9247");
    assertThat(hash("été 2026", 0x0123456789ABCDEFL, 0xFEDCBA9876543210L))
        .isEqualTo("ce2a76f970233242");
  }

  private static String hash(String salt, long high, long low) {
    return Long.toHexString(new Assignment(salt).hash(new Id128(high, low)));
  }

  @Test
  void holds_anyPercent_takesThatShare() {
    for (double percent : new double[] {0.5, 5, 10, 50}) {
      var holdout = Holdout.parse(Map.of("percent", percent, "salt", "s"));
      long held = ids(1, 200_000).filter(holdout::holds).count();
      assertThat(held / 2_000.0).isCloseTo(percent, within(0.35));
    }
  }

  @Test
  void holds_nobodyAndEverybody_atTheEnds() {
    assertThat(ids(2, 1_000)).noneMatch(Holdout.parse(Map.of("percent", 0))::holds);
    assertThat(ids(2, 1_000)).allMatch(Holdout.parse(Map.of("percent", 100))::holds);
  }

  @Test
  void holds_shareRaised_keepsThoseHeldOutBefore() {
    var five = Holdout.parse(Map.of("percent", 5, "salt", "s"));
    var ten = Holdout.parse(Map.of("percent", 10, "salt", "s"));
    assertThat(ids(3, 20_000).filter(five::holds)).isNotEmpty().allMatch(ten::holds);
  }

  /** A chi-square test over 20 groups, whatever they are made of: 19 degrees, 0.1 % level. */
  @Test
  void holds_anyGrouping_isRepresentative() {
    var holdout = Holdout.parse(Map.of("percent", 10, "salt", "s"));
    for (int shift = 0; shift < 60; shift += 20) {
      var held = new int[20];
      var all = new int[20];
      int bits = shift;
      ids(4, 200_000)
          .forEach(
              id -> {
                int group = (int) Long.remainderUnsigned(id.low() >>> bits, 20);
                all[group]++;
                held[group] += holdout.holds(id) ? 1 : 0;
              });
      double statistic = 0;
      for (int group = 0; group < 20; group++) {
        double expected = all[group] * 0.1;
        statistic += (held[group] - expected) * (held[group] - expected) / (expected * 0.9);
      }
      assertThat(statistic).isLessThan(43.8 + 3);
    }
  }

  /** What one lot says of another lot of the same visitor is nothing. */
  @Test
  void lot_otherSalt_isIndependent() {
    var one = new Assignment("a");
    var other = new Assignment("b");
    long both = ids(5, 100_000).filter(id -> one.lot(id) < 0.5 && other.lot(id) < 0.5).count();
    assertThat(both / 100_000.0).isCloseTo(0.25, within(0.006));
  }

  @Test
  void lot_idsThatCountUp_areSpreadToo() {
    var lots = new Assignment("a");
    int low = 0;
    for (int i = 0; i < 10_000; i++) {
      low += lots.lot(new Id128(0, i)) < 0.1 ? 1 : 0;
    }
    assertThat(low).isBetween(880, 1_120);
  }

  @Test
  void parse_noShare_isRefused() {
    for (Object percent : new Object[] {"ten", -1, 101, Double.NaN}) {
      assertThatThrownBy(() -> Holdout.parse(Map.of("percent", percent)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("percent");
    }
    assertThatThrownBy(() -> Holdout.parse(Map.of())).hasMessageContaining("percent");
  }

  private static java.util.stream.Stream<Id128> ids(long seed, int count) {
    var random = new Random(seed);
    return java.util.stream.Stream.generate(() -> new Id128(random.nextLong(), random.nextLong()))
        .limit(count);
  }
}
