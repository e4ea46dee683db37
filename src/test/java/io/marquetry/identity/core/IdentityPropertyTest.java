package io.marquetry.identity.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.LinkRule.Linking;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for the graph whatever comes: over generated logs, each from its seed. */
class IdentityPropertyTest {
  private static final int SEEDS = 2_000;
  private static final int MAX_JOINED = 4;

  /** So low that generated logs run into them. */
  private static final Limits LIMITS = new Limits(MAX_JOINED, MAX_JOINED, 2);

  @Test
  void link_anything_neverPutsTwoUsersInOneProfile() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed);
      var run = new LinkRun(LIMITS);
      for (int i = 0; i < log.events().size(); i++) {
        run.link(log.events().subList(i, i + 1), i + 1);
        var owners = new HashMap<Id128, Id128>();
        for (var user : log.users()) {
          if (run.graph().knows(user)) {
            var other = owners.put(run.graph().now(user), user);
            assertThat(other).as("seed %d, event %d", seed, i).isNull();
          }
        }
      }
    }
  }

  @Test
  void link_anything_joinsEachProfileOnceAndKeepsWhatItJoined() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed);
      var run = new LinkRun(LIMITS);
      var gone = new HashMap<Id128, Id128>();
      for (int i = 0; i < log.events().size(); i++) {
        for (var linking : run.link(log.events().subList(i, i + 1), i + 1)) {
          assertThat(gone)
              .as("an event counts for a living profile")
              .doesNotContainKey(linking.profile());
          for (var merge : linking.merges()) {
            assertThat(gone).as("seed %d", seed).doesNotContainKeys(merge.from(), merge.into());
            gone.put(merge.from(), merge.into());
          }
        }
      }
      var sizes = new HashMap<Id128, Integer>();
      for (var from : gone.keySet()) {
        var root = from;
        while (gone.containsKey(root)) {
          root = gone.get(root);
        }
        sizes.merge(root, 1, Integer::sum);
      }
      assertThat(sizes.values()).as("seed %d", seed).allMatch(n -> n <= MAX_JOINED);
    }
  }

  @Test
  void link_anything_leavesTheQuarantinedAlone() {
    int met = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed);
      var run = new LinkRun(LIMITS);
      for (int i = 0; i < log.events().size(); i++) {
        var before = run.graph().quarantined();
        for (var linking : run.link(log.events().subList(i, i + 1), i + 1)) {
          for (var suspect : before) {
            met++;
            assertThat(linking.changes())
                .as("seed %d, event %d", seed, i)
                .noneMatch(change -> touches(change, suspect.identifier()));
          }
        }
      }
    }
    assertThat(met).as("generated logs get somebody into quarantine").isGreaterThan(1_000);
  }

  /**
   * Where each device is one person's or nobody's, what comes together does not hang on the order:
   * each person with the devices they log in on, each browser's ids that are nobody's.
   */
  @Test
  void link_noSharedDevices_isTheSameInAnyOrder() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      var homes = new HashMap<Integer, Set<Id128>>();
      var log = unshared(random, homes);
      for (int order = 0; order < 3; order++) {
        Collections.shuffle(log, random);
        var run = new LinkRun(Limits.DEFAULT);
        run.link(log, 1);
        var identifiers = homes.values().stream().flatMap(Set::stream).toList();
        var found = run.partition(identifiers);
        assertThat(found.values())
            .as("seed %d", seed)
            .containsExactlyInAnyOrderElementsOf(homes.values());
        Collections.shuffle(log, random);
        assertThat(run.link(log, log.size() + 1))
            .as("seed %d: once more, it teaches nothing", seed)
            .allMatch(linking -> linking.changes().isEmpty());
        assertThat(run.partition(identifiers)).as("seed %d", seed).isEqualTo(found);
      }
    }
  }

  /** What is seen of devices none of which changes hands; {@code homes} is what it comes to. */
  private static List<Event> unshared(Random random, Map<Integer, Set<Id128>> homes) {
    var log = new ArrayList<Event>();
    for (int number = 0; number < 2 + random.nextInt(8); number++) {
      var device = new Id128(1, number);
      int home = random.nextInt(6);
      boolean isPersons = home < 4;
      var person = isPersons ? new Id128(2, home) : null;
      var known = homes.computeIfAbsent(home, key -> new LinkedHashSet<>());
      log.add(Events.of(log.size(), device, null, null, null));
      if (isPersons) {
        known.add(new Id128(2, home));
        log.add(Events.of(log.size(), device, null, person, null));
        log.add(Events.of(log.size(), null, null, person, null));
      }
      known.stream()
          .filter(other -> other.high() == 1 && (!isPersons || random.nextBoolean()))
          .forEach(other -> log.add(Events.of(log.size(), device, other, null, null)));
      known.add(device);
    }
    return log;
  }

  /** Whatever joins profiles says so to those who keep consent, with everybody it is about. */
  @Test
  void link_anyJoin_isToldToConsentWithBothSides() {
    int joins = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed, seed % 2 == 0 ? 0 : 0.15);
      var run = new LinkRun(LIMITS);
      for (int i = 0; i < log.events().size(); i++) {
        var before = run.partition(log.identifiers());
        var linking = run.link(log.events().subList(i, i + 1), i + 1).getFirst();
        for (var merge : linking.merges()) {
          joins++;
          var home = run.graph().root(merge.into());
          assertThat(linking.related().stream().map(run.graph()::root))
              .as("seed %d, event %d", seed, i)
              .contains(home);
          for (var side : List.of(merge.from(), merge.into())) {
            assertThat(run.partition(log.identifiers()).getOrDefault(home, Set.of()))
                .as("seed %d, event %d: the union is kept", seed, i)
                .containsAll(own(before.get(side), linking));
          }
        }
      }
    }
    assertThat(joins).isGreaterThan(SEEDS);
  }

  /** Without a device that the same event handed over to somebody. */
  private static Set<Id128> own(@Nullable Set<Id128> identifiers, Linking linking) {
    var own = new LinkedHashSet<>(identifiers == null ? Set.of() : identifiers);
    for (var change : linking.changes()) {
      if (change instanceof Change.Pointed to && to.cause() != Change.Cause.PERSON) {
        own.remove(to.identifier());
      }
    }
    return own;
  }

  private static boolean touches(Change change, Id128 identifier) {
    return switch (change) {
      case Joined join -> join.kept().equals(identifier) || join.other().equals(identifier);
      case Change.Pointed to -> to.identifier().equals(identifier);
      case Change.Quarantined in -> in.identifier().equals(identifier);
      default -> false;
    };
  }

  @Test
  void apply_journalOfJoinsInOneEvent_keepsTheirOrder() {
    var graph = new IdentityGraph();
    var first = joined(new Id128(1, 1), new Id128(1, 2), "cookie");
    var second = joined(new Id128(1, 2), new Id128(1, 3), "identify");
    graph.apply(first);
    graph.apply(second);
    assertThat(graph.movesAt(5)).containsExactly(first, second);
    assertThat(graph.resolve(new Id128(1, 1), 4)).isEqualTo(new Id128(1, 1));
    assertThat(graph.resolve(new Id128(1, 1), 5)).isEqualTo(new Id128(1, 3));
  }

  private static Joined joined(Id128 from, Id128 into, String evidence) {
    return new Joined(5, 0, from, into, evidence, into, from);
  }
}
