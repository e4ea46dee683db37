package io.marquetry.identity.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.identity.core.Change.Joined;
import io.marquetry.kit.Id128;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds for the graph whatever comes: over generated logs, each from its seed. */
class IdentityPropertyTest {
  private static final int SEEDS = 2_000;
  private static final int MAX_JOINED = 4;

  /** So low that generated logs run into them. */
  private static final Limits LIMITS = new Limits(MAX_JOINED, MAX_JOINED, 2);

  @Test
  void link_sameEventsAgain_changeNothingAndGiveTheSame() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed);
      var run = new LinkRun(LIMITS);
      var first = run.link(log.events(), 1);
      var again = run.link(log.events(), 1);
      for (int i = 0; i < first.size(); i++) {
        assertThat(again.get(i).profile())
            .as("seed %d, %d", seed, i)
            .isEqualTo(first.get(i).profile());
        assertThat(again.get(i).merges()).as("seed %d", seed).isEqualTo(first.get(i).merges());
        assertThat(again.get(i).changes()).as("seed %d", seed).isEmpty();
        assertThat(again.get(i).related() || !first.get(i).related()).isTrue();
      }
    }
  }

  @Test
  void link_afterLosingMemoryBackToACheckpoint_resolvesEverythingAsTheFirstTime() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed);
      var random = new Random(~seed);
      var first = new LinkRun(LIMITS).link(log.events(), 1);
      int checkpoint = random.nextInt(log.events().size() + 1);
      int replayFrom = random.nextInt(checkpoint + 1);
      var restored = new LinkRun(LIMITS);
      first.subList(0, checkpoint).forEach(l -> l.changes().forEach(restored.graph()::apply));
      restored.graph().advance(checkpoint);
      var events = log.events().subList(replayFrom, log.events().size());
      var replayed = restored.link(events, replayFrom + 1);
      for (int i = 0; i < replayed.size(); i++) {
        var before = first.get(replayFrom + i);
        assertThat(replayed.get(i).profile()).as("seed %d", seed).isEqualTo(before.profile());
        assertThat(replayed.get(i).merges()).as("seed %d", seed).isEqualTo(before.merges());
        assertThat(replayed.get(i).changes())
            .as("seed %d", seed)
            .isEqualTo(replayFrom + i < checkpoint ? List.of() : before.changes());
      }
    }
  }

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
  void identifiers_anything_areExactlyThoseThatResolveToTheProfile() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed);
      var run = new LinkRun(LIMITS);
      run.link(log.events(), 1);
      var expected = new HashMap<Id128, Set<Id128>>();
      for (var identifier : log.identifiers()) {
        var profile = run.graph().now(identifier);
        expected.computeIfAbsent(profile, p -> new HashSet<>()).add(identifier);
      }
      for (Map.Entry<Id128, Set<Id128>> group : expected.entrySet()) {
        for (var identifier : group.getValue()) {
          var found = run.graph().identifiers(List.of(identifier));
          found.retainAll(log.identifiers()); // a profile may have an id that is no identifier's
          assertThat(found)
              .as("seed %d", seed)
              .containsExactlyInAnyOrderElementsOf(group.getValue());
        }
      }
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
