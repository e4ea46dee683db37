package io.marquetry.decisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.condition.FieldPath;
import io.marquetry.decisioning.core.SegmentCache.Found;
import io.marquetry.decisioning.core.SegmentCache.Taken;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentCacheTest {
  private static final Grant GRANT = Given.grant();

  private final VisitorView view = new VisitorView();

  /** What a plain map would hold. */
  private static final class Model {
    final Map<Id128, ProfileSnapshot> profiles = new HashMap<>();

    void put(ProfileSnapshot snapshot) {
      var old = profiles.get(snapshot.profile());
      if (old == null || snapshot.version() >= old.version()) {
        profiles.put(snapshot.profile(), snapshot);
      }
    }

    long members(String segment) {
      return profiles.values().stream().filter(one -> one.segments().contains(segment)).count();
    }

    long distinctSets() {
      var sets = new HashSet<List<String>>();
      profiles.values().forEach(one -> sets.add(one.segments()));
      sets.remove(List.of());
      return sets.size();
    }
  }

  @Test
  void randomOperations_anySeed_agreeWithAPlainMap() {
    for (int seed = 0; seed < 8; seed++) {
      var random = new Random(seed);
      var cache = new SegmentCache(1_000_000);
      var model = new Model();
      for (int step = 0; step < 4_000; step++) {
        var id = id(random.nextInt(600), seed % 2 == 0);
        if (random.nextInt(10) == 0) {
          assertThat(cache.remove(id)).isEqualTo(model.profiles.remove(id) != null);
        } else {
          var snapshot = Given.profile(id, random.nextInt(50), segments(random), fields(random));
          cache.put(snapshot);
          model.put(snapshot);
        }
      }
      assertSame(cache, model, seed);
    }
  }

  /** Both uniform ids, as they are, and ids that merely count, as they should not be. */
  private static Id128 id(int number, boolean uniform) {
    return uniform ? new Id128(Mixing.mix(number), Mixing.mix(~number)) : new Id128(0, number);
  }

  private static List<String> segments(Random random) {
    var keys = new TreeSet<String>();
    int count = random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(4);
    for (int i = 0; i < count; i++) {
      keys.add("segment-" + random.nextInt(300));
    }
    return List.copyOf(keys);
  }

  private static Map<String, Object> fields(Random random) {
    return random.nextInt(3) == 0
        ? Map.of("visits", (long) random.nextInt(5), "traits.plan", "p" + random.nextInt(3))
        : Map.of();
  }

  private void assertSame(SegmentCache cache, Model model, int seed) {
    assertThat(cache.size()).as("seed %s", seed).isEqualTo(model.profiles.size());
    assertThat(cache.distinctSets()).as("seed %s", seed).isEqualTo(model.distinctSets());
    for (int i = 0; i < 300; i++) {
      var key = "segment-" + i;
      assertThat(cache.members(key)).as("%s, seed %s", key, seed).isEqualTo(model.members(key));
    }
    for (int number = 0; number < 600; number++) {
      var id = id(number, seed % 2 == 0);
      var expected = model.profiles.get(id);
      var found = cache.find(GRANT, id, Map.of(), view);
      assertThat(found).isEqualTo(expected == null ? Found.UNKNOWN : Found.FOUND);
      assertThat(held()).isEqualTo(expected == null ? Set.of() : Set.copyOf(expected.segments()));
      assertThat(view.field(FieldPath.of("traits.plan")))
          .isEqualTo(expected == null ? null : expected.fields().get("traits.plan"));
    }
  }

  private Set<String> held() {
    var held = new HashSet<String>();
    IntStream.range(0, 300)
        .mapToObj(i -> "segment-" + i)
        .filter(view::inSegment)
        .forEach(held::add);
    return held;
  }

  @Test
  void put_olderVersion_isPassedOver() {
    var cache = new SegmentCache(10);
    var id = new Id128(7, 8);
    assertThat(cache.put(Given.profile(id, 5, List.of("a"), Map.of()))).isEqualTo(Taken.OTHER);
    assertThat(cache.put(Given.profile(id, 4, List.of("b"), Map.of()))).isEqualTo(Taken.OLDER);
    assertThat(cache.members("a")).isEqualTo(1);
    assertThat(cache.members("b")).isZero();
  }

  @Test
  void put_newerVersion_saysWhetherDecisionsMaySeeOtherwise() {
    var cache = new SegmentCache(10);
    var id = new Id128(7, 8);
    assertThat(cache.put(Given.profile(id, 1, List.of("a", "b"), Map.of("visits", 1L))))
        .isEqualTo(Taken.OTHER);
    assertThat(cache.put(Given.profile(id, 2, List.of("a", "b"), Map.of("visits", 1L))))
        .isEqualTo(Taken.SAME);
    assertThat(cache.put(Given.profile(id, 3, List.of("a", "b"), Map.of("visits", 2L))))
        .isEqualTo(Taken.OTHER);
    assertThat(cache.put(Given.profile(id, 4, List.of("a"), Map.of("visits", 2L))))
        .isEqualTo(Taken.OTHER);
    assertThat(cache.put(Given.profile(id, 5, List.of(), Map.of()))).isEqualTo(Taken.OTHER);
    assertThat(cache.put(Given.profile(id, 6, List.of(), Map.of()))).isEqualTo(Taken.SAME);
  }

  @Test
  void put_versionsBeyondTheBitsKept_stillCountAsNewer() {
    var cache = new SegmentCache(10);
    var id = new Id128(7, 8);
    long edge = (1L << 24) - 1;
    cache.put(Given.profile(id, edge, List.of("a"), Map.of()));
    assertThat(cache.put(Given.profile(id, edge + 1, List.of("b"), Map.of())))
        .isEqualTo(Taken.OTHER);
    assertThat(cache.put(Given.profile(id, edge, List.of("a"), Map.of()))).isEqualTo(Taken.OLDER);
    assertThat(cache.members("b")).isEqualTo(1);
  }

  @Test
  void put_beyondTheBound_lettingGoOfThoseUnseenForLongest() {
    var cache = new SegmentCache(1_000);
    var regulars = IntStream.range(0, 100).mapToObj(i -> id(i, true)).toList();
    regulars.forEach(id -> cache.put(Given.profile(id, 1, List.of("regular"), Map.of())));
    for (int i = 100; i < 20_000; i++) {
      cache.put(Given.profile(id(i, true), 1, List.of("passing"), Map.of()));
      cache.find(GRANT, regulars.get(i % 100), Map.of(), view);
    }
    assertThat(cache.size()).isEqualTo(1_000);
    assertThat(cache.evicted()).isEqualTo(19_000);
    assertThat(cache.members("regular")).isGreaterThan(90);
    assertThat(cache.members("regular") + cache.members("passing")).isEqualTo(1_000);
  }

  /** What is kept of the age wraps round; wherever it stands then, those long unseen are oldest. */
  @Test
  void put_afterManyTurns_stillLetsGoOfThoseUnseenForLongest() {
    for (int turns = 120; turns < 1_060; turns += 47) {
      var cache = new SegmentCache(800);
      for (int i = 0; i < 800; i++) {
        cache.put(Given.profile(id(i, true), 1, List.of(i < 400 ? "regular" : "idle"), Map.of()));
      }
      for (int seen = 0; seen < turns * 100; seen++) {
        cache.find(GRANT, id(seen % 400, true), Map.of(), view);
      }
      for (int i = 0; i < 200; i++) {
        cache.put(Given.profile(id(1_000 + i, true), 1, List.of("new"), Map.of()));
        cache.find(GRANT, id(i * 2, true), Map.of(), view);
        cache.find(GRANT, id(i * 2 + 1, true), Map.of(), view);
      }
      assertThat(cache.members("idle")).as("after %d turns", turns).isLessThan(230);
      assertThat(cache.members("regular")).as("after %d turns", turns).isGreaterThan(380);
    }
  }

  /** Whoever is there or has left, a segment's count is that of its members who can be found. */
  @Test
  void members_underChurnEvictionAndMerges_isExactlyThoseFound() {
    for (int seed = 0; seed < 6; seed++) {
      var random = new Random(seed);
      var cache = new SegmentCache(200);
      var versions = new long[500];
      for (int step = 0; step < 6_000; step++) {
        int number = random.nextInt(versions.length);
        var id = id(number, seed % 2 == 0);
        switch (random.nextInt(12)) {
          case 0 -> cache.remove(id);
          case 1 -> {
            int into = random.nextInt(versions.length);
            cache.remove(id); // it goes up in another, which is in all its segments too
            var union = new TreeSet<>(segments(random));
            union.addAll(segments(random));
            put(cache, into, seed, ++versions[into], List.copyOf(union));
          }
          case 2, 3 -> cache.find(GRANT, id, Map.of(), view);
          case 4 -> put(cache, number, seed, versions[number] - 1, segments(random));
          default -> put(cache, number, seed, ++versions[number], segments(random));
        }
        if (step % 500 == 499) {
          assertCounts(cache, versions.length, seed);
        }
      }
      assertThat(cache.evicted()).as("seed %d", seed).isPositive();
    }
  }

  private static void put(
      SegmentCache cache, int number, int seed, long version, List<String> segments) {
    cache.put(Given.profile(id(number, seed % 2 == 0), Math.max(0, version), segments, Map.of()));
  }

  private void assertCounts(SegmentCache cache, int ids, int seed) {
    var counted = new HashMap<String, Long>();
    var sets = new HashSet<Set<String>>();
    int found = 0;
    for (int number = 0; number < ids; number++) {
      if (cache.find(GRANT, id(number, seed % 2 == 0), Map.of(), view) == Found.FOUND) {
        found++;
        var held = held();
        held.forEach(key -> counted.merge(key, 1L, Long::sum));
        sets.add(held);
      }
    }
    sets.remove(Set.of());
    assertThat(cache.size()).as("seed %d", seed).isEqualTo(found);
    assertThat(cache.distinctSets()).as("seed %d", seed).isEqualTo(sets.size());
    for (int i = 0; i < 300; i++) {
      var key = "segment-" + i;
      assertThat(cache.members(key))
          .as("%s, seed %d", key, seed)
          .isEqualTo(counted.getOrDefault(key, 0L));
    }
  }

  private static long fingerprint(SegmentCache cache) {
    var fingerprint = cache.fingerprint();
    int turns = 0;
    while (fingerprint.next()) {
      turns++;
    }
    assertThat(turns).isEqualTo(VisitorTable.PAGES);
    return fingerprint.value();
  }

  /** Whatever the way, and whatever numbers segments were given on it. */
  @Test
  void fingerprint_sameVisitorsInSameSegments_isTheSame() {
    for (int seed = 0; seed < 5; seed++) {
      var random = new Random(seed);
      var lived = new SegmentCache(10_000);
      var model = new Model();
      for (int step = 0; step < 3_000; step++) {
        var snapshot =
            Given.profile(id(random.nextInt(400), true), step, segments(random), Map.of());
        lived.put(snapshot);
        model.put(snapshot);
      }
      var rebuilt = new SegmentCache(10_000);
      var parts = new SegmentCache[] {new SegmentCache(10_000), new SegmentCache(10_000)};
      for (var snapshot : model.profiles.values()) {
        rebuilt.put(snapshot);
        parts[(int) snapshot.profile().low() & 1].put(snapshot);
      }
      long whole = fingerprint(lived);
      assertThat(fingerprint(rebuilt)).isEqualTo(whole);
      assertThat(fingerprint(parts[0]) + fingerprint(parts[1])).isEqualTo(whole);

      var someone = model.profiles.values().iterator().next();
      var other = new TreeSet<>(someone.segments());
      other.add("one more");
      rebuilt.put(Given.profile(someone.profile(), 9_999, List.copyOf(other), Map.of()));
      assertThat(fingerprint(rebuilt)).isNotEqualTo(whole);
    }
  }

  @Test
  void put_segmentsThatComeAndGo_giveTheirNumbersUp() {
    var cache = new SegmentCache(10);
    var id = new Id128(7, 8);
    for (int i = 0; i < 5_000; i++) {
      cache.put(Given.profile(id, i, List.of("a" + i, "b" + i, "c" + i), Map.of()));
    }
    cache.find(GRANT, id, Map.of(), view);
    assertThat(view.inSegment("a4999") && view.inSegment("b4999") && view.inSegment("c4999"))
        .isTrue();
    assertThat(view.inSegment("a4998")).isFalse();
    assertThat(cache.distinctSets()).isEqualTo(1);
    assertThat(cache.bytes()).isLessThan(2_000_000);
  }

  @Test
  void put_hundredThousandVisitors_neverCopiesMuchAtOnce() {
    var cache = new SegmentCache(1_000_000);
    for (int i = 0; i < 100_000; i++) {
      cache.put(Given.profile(id(i, true), 1, List.of(), Map.of()));
    }
    assertThat(cache.size()).isEqualTo(100_000);
    assertThat(cache.largestCopy()).isLessThan(400);
  }

  @Test
  void find_consentWithdrawnSince_saysSoAndShowsNothing() {
    var cache = new SegmentCache(10);
    var id = new Id128(7, 8);
    cache.put(Given.profile(id, 1, List.of("a"), Map.of("visits", 3L)));
    cache.consent(id, Purposes.NONE);
    assertThat(cache.find(GRANT, id, Map.of(), view)).isEqualTo(Found.WITHDRAWN);
    assertThat(view.inSegment("a")).isFalse();
    assertThat(view.field(FieldPath.of("visits"))).isNull();

    cache.put(Given.profile(id, 2, List.of("a"), Map.of()));
    assertThat(cache.find(GRANT, id, Map.of(), view)).isEqualTo(Found.WITHDRAWN);

    cache.consent(id, Purposes.NONE.with(Purpose.PERSONALIZATION));
    assertThat(cache.find(GRANT, id, Map.of(), view)).isEqualTo(Found.FOUND);
  }

  @Test
  void find_afterAnotherVisitor_showsNothingOfTheOther() {
    var cache = new SegmentCache(10);
    cache.put(Given.profile(new Id128(1, 1), 1, List.of("a"), Map.of("visits", 3L)));
    cache.put(Given.profile(new Id128(2, 2), 1, List.of("b"), Map.of()));
    cache.find(GRANT, new Id128(1, 1), Map.of(), view);
    cache.find(GRANT, new Id128(2, 2), Map.of(), view);
    assertThat(view.inSegment("a")).isFalse();
    assertThat(view.inSegment("b")).isTrue();
    assertThat(view.field(FieldPath.of("visits"))).isNull();
  }

  @Test
  void put_moreMembershipsThanAllowed_isRefusedAndLeavesNoTrace() {
    var cache = new SegmentCache(10);
    var keys = IntStream.rangeClosed(0, SegmentCache.MAX_MEMBERSHIPS).mapToObj(i -> "s" + i);
    var snapshot = Given.profile(new Id128(1, 1), 1, keys.toList(), Map.of());
    assertThatThrownBy(() -> cache.put(snapshot)).isInstanceOf(IllegalArgumentException.class);
    assertThat(cache.size()).isZero();
    assertThat(cache.members("s1")).isZero();
  }

  @Test
  void put_mostMembershipsAllowed_areAllFound() {
    var cache = new SegmentCache(10);
    var keys = IntStream.range(0, SegmentCache.MAX_MEMBERSHIPS).mapToObj(i -> "s" + i).toList();
    cache.put(Given.profile(new Id128(1, 1), 1, keys, Map.of()));
    cache.find(GRANT, new Id128(1, 1), Map.of(), view);
    assertThat(keys).allMatch(view::inSegment);
    cache.put(Given.profile(new Id128(1, 1), 2, List.of("s7"), Map.of()));
    cache.find(GRANT, new Id128(1, 1), Map.of(), view);
    assertThat(keys).filteredOn(view::inSegment).containsExactly("s7");
  }
}
