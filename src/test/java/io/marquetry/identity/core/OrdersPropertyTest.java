package io.marquetry.identity.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IdentityMessage.Action;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Parted;
import io.marquetry.identity.core.Orders.Order;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What holds whoever meddles: over generated logs with merges and splits in them, each by a seed.
 */
class OrdersPropertyTest {
  private static final int SEEDS = 2_000;
  private static final double ORDERS = 0.15;
  private static final Limits LIMITS = new Limits(6, 6, 3);

  @Test
  void merge_thenSplit_restoresEveryIdentifierPersonAndHistory() {
    int done = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed, ORDERS);
      var run = new LinkRun(LIMITS);
      run.link(log.events(), 1);
      var random = new Random(seed);
      var before = run.partition(log.identifiers());
      var people = people(run.graph(), before.keySet());
      var holders = run.holders(log.events());
      var profiles = new ArrayList<>(before.keySet());
      Collections.shuffle(profiles, random);
      if (profiles.size() < 2) {
        continue;
      }
      var into = profiles.get(0);
      var from = profiles.get(1);
      long position = log.events().size() + 1;
      order(run, position, Action.MERGE, into, from);
      assertThat(run.graph().root(from)).as("seed %d", seed).isEqualTo(into);
      var union = new HashSet<>(before.get(into));
      union.addAll(before.get(from));
      assertThat(run.partition(log.identifiers()).get(into))
          .as("seed %d: the union is kept", seed)
          .isEqualTo(union);
      order(run, position + 1, Action.UNMERGE, into, from);
      assertThat(run.partition(log.identifiers())).as("seed %d", seed).isEqualTo(before);
      assertThat(people(run.graph(), before.keySet())).as("seed %d", seed).isEqualTo(people);
      assertThat(run.holders(log.events()))
          .as("seed %d: to each what was theirs", seed)
          .isEqualTo(holders);
      done++;
    }
    assertThat(done).isGreaterThan(SEEDS / 2);
  }

  @Test
  void split_anything_losesNobodyAndIsNotUndoneByTheSameEvents() {
    int done = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed);
      var run = new LinkRun(LIMITS);
      run.link(log.events(), 1);
      var joins = run.graph();
      var parting = splitSomething(run, log, new Random(seed));
      if (parting == null) {
        continue;
      }
      done++;
      assertThat(joins.root(parting.part())).as("seed %d", seed).isEqualTo(parting.part());
      assertThat(joins.root(parting.whole())).as("seed %d", seed).isEqualTo(parting.whole());
      boolean settled =
          joins.resolve(parting.kept(), IdentityGraph.NOW).equals(parting.whole())
              && joins.resolve(parting.other(), IdentityGraph.NOW).equals(parting.part());
      run.link(log.events(), log.events().size() + 2);
      if (settled && neverHanded(run, parting)) {
        assertThat(joins.root(parting.part()))
            .as("seed %d: the same events again join nothing", seed)
            .isNotEqualTo(joins.root(parting.whole()));
      }
    }
    assertThat(done).isGreaterThan(SEEDS / 4);
  }

  /** Where a device is handed on, what keeps two apart is no longer there to meet. */
  private static boolean neverHanded(LinkRun run, Parted parting) {
    return List.of(parting.kept(), parting.other()).stream()
        .allMatch(
            one ->
                run.graph().edges(run.graph().resolve(one, IdentityGraph.NOW)).stream()
                    .noneMatch(edge -> edge.evidence().equals(Edge.HANDED)));
  }

  static @Nullable Parted splitSomething(LinkRun run, GeneratedLog log, Random random) {
    var identifiers = new ArrayList<>(log.identifiers());
    Collections.shuffle(identifiers, random);
    for (var one : identifiers) {
      var profile = run.graph().resolve(one, IdentityGraph.NOW);
      var wanted = new Order(Action.SPLIT, profile, one, 0);
      if (Orders.problem(run.graph(), wanted) == null) {
        long position = log.events().size() + 1;
        var linking = run.rule().link(position, Events.order(position, wanted));
        return (Parted) linking.changes().getFirst();
      }
    }
    return null;
  }

  /** Whatever was joined and split: what an identifier did is where the identifier leads now. */
  @Test
  void holder_ofIdentifiersThatNeverChangedHands_isWhereTheyLeadNow() {
    int checked = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var log = GeneratedLog.of(seed, ORDERS);
      var run = new LinkRun(LIMITS);
      var linkings = run.link(log.events(), 1);
      var handed =
          linkings.stream()
              .flatMap(linking -> linking.changes().stream())
              .filter(Change.Pointed.class::isInstance)
              .map(change -> (Change.Pointed) change)
              .filter(to -> to.cause() != Change.Cause.PERSON)
              .map(Change.Pointed::identifier)
              .collect(Collectors.toSet());
      for (int i = 0; i < log.events().size(); i++) {
        var event = log.events().get(i);
        var subject = event.subject();
        var named = subject.user() != null ? subject.user() : subject.device();
        boolean quarantined = run.graph().isQuarantined(subject.user(), i + 1);
        if (named != null && !quarantined && !handed.contains(named)) {
          checked++;
          assertThat(run.rule().whose(i + 1, event, IdentityGraph.NOW).holder())
              .as("seed %d, event %d", seed, i)
              .isEqualTo(run.graph().resolve(named, IdentityGraph.NOW));
        }
      }
    }
    assertThat(checked).isGreaterThan(SEEDS);
  }

  private static void order(LinkRun run, long position, Action action, Id128 profile, Id128 part) {
    var linking =
        run.rule().link(position, Events.order(position, new Order(action, profile, part, 0)));
    assertThat(linking.changes()).as("%s at %d", action, position).hasSize(1);
    assertThat(linking.changes().getFirst())
        .isInstanceOf(action == Action.MERGE ? Joined.class : Parted.class);
  }

  private static Map<Id128, Object> people(IdentityGraph graph, Set<Id128> profiles) {
    var people = new HashMap<Id128, Object>();
    for (var profile : profiles) {
      people.put(profile, String.valueOf(graph.user(profile)));
    }
    return people;
  }
}
