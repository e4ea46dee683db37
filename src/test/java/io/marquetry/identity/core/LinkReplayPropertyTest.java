package io.marquetry.identity.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is read again is linked as it was the first time: over generated logs, each by a seed. */
class LinkReplayPropertyTest {
  private static final int SEEDS = 2_000;

  /** Logs in which nobody meddles, and logs with merges and splits by order. */
  enum Logs {
    OF_EVENTS(0, new Limits(4, 4, 2)),
    WITH_ORDERS(0.15, new Limits(6, 6, 3));

    private final double orders;

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final Limits limits;

    Logs(double orders, Limits limits) {
      this.orders = orders;
      this.limits = limits;
    }

    GeneratedLog log(int seed) {
      return GeneratedLog.of(seed, orders);
    }

    LinkRun run() {
      return new LinkRun(limits);
    }
  }

  @ParameterizedTest
  @EnumSource
  void link_sameEventsAgain_changeNothingAndGiveTheSame(Logs logs) {
    int splits = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = logs.log(seed);
      var run = logs.run();
      var first = run.link(log.events(), 1);
      var before = run.partition(log.identifiers());
      var again = run.link(log.events(), 1);
      for (int i = 0; i < first.size(); i++) {
        var once = first.get(i);
        assertThat(again.get(i).profile()).as("seed %d, %d", seed, i).isEqualTo(once.profile());
        assertThat(again.get(i).merges()).as("seed %d", seed).isEqualTo(once.merges());
        assertThat(again.get(i).splits()).as("seed %d", seed).isEqualTo(once.splits());
        assertThat(again.get(i).changes()).as("seed %d", seed).isEmpty();
        assertThat(again.get(i).related()).as("seed %d", seed).containsAll(once.related());
        splits += once.splits().size();
      }
      assertThat(run.partition(log.identifiers())).as("seed %d", seed).isEqualTo(before);
    }
    assertThat(splits > SEEDS / 4)
        .as("logs with orders split something")
        .isEqualTo(isMeddled(logs));
  }

  private static boolean isMeddled(Logs logs) {
    return logs == Logs.WITH_ORDERS;
  }

  @ParameterizedTest
  @EnumSource
  void link_afterLosingMemoryBackToACheckpoint_resolvesEverythingAsTheFirstTime(Logs logs) {
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = logs.log(seed);
      var random = new Random(~seed);
      var first = logs.run().link(log.events(), 1);
      int checkpoint = random.nextInt(log.events().size() + 1);
      int replayFrom = random.nextInt(checkpoint + 1);
      var restored = logs.run();
      first.subList(0, checkpoint).forEach(l -> l.changes().forEach(restored.graph()::apply));
      restored.graph().advance(checkpoint);
      var events = log.events().subList(replayFrom, log.events().size());
      var replayed = restored.link(events, replayFrom + 1);
      for (int i = 0; i < replayed.size(); i++) {
        var before = first.get(replayFrom + i);
        assertThat(replayed.get(i).profile()).as("seed %d", seed).isEqualTo(before.profile());
        assertThat(replayed.get(i).merges()).as("seed %d", seed).isEqualTo(before.merges());
        assertThat(replayed.get(i).splits()).as("seed %d", seed).isEqualTo(before.splits());
        assertThat(replayed.get(i).changes())
            .as("seed %d", seed)
            .isEqualTo(replayFrom + i < checkpoint ? List.of() : before.changes());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void identifiers_anything_areExactlyThoseThatResolveToTheProfile(Logs logs) {
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = logs.log(seed);
      var run = logs.run();
      run.link(log.events(), 1);
      for (var group : run.partition(log.identifiers()).entrySet()) {
        Id128 profile = group.getKey();
        assertThat(run.graph().root(profile)).as("seed %d: in use", seed).isEqualTo(profile);
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
}
