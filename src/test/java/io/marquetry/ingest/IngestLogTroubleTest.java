package io.marquetry.ingest;

import static io.marquetry.ingest.Beacons.page;
import static io.marquetry.ingest.Conditions.until;
import static io.marquetry.ingest.IngestRig.await;
import static io.marquetry.ingest.RunningIngest.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Refused;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ingest when its log hangs, breaks, is taken over or takes less than comes. */
@Tag("postgres")
class IngestLogTroubleTest {
  @RegisterExtension final RunningIngest ingest = new RunningIngest(this::log);
  private final Neighbours neighbours = ingest.neighbours;
  private final Beacons beacons = new Beacons();

  LogPlace log(Database database) {
    return new LogInPostgres(database);
  }

  /**
   * The checker: what was acknowledged is stored, nothing is stored twice, nothing is stored that
   * was not sent, and what is stored is applied.
   */
  @Test
  void connections_cutAgainAndAgain_loseAndDoubleNothing() {
    var random = new SplittableRandom(11);
    var acknowledged = new HashSet<String>();
    var sent = new HashSet<String>();
    int refused = 0;
    for (int round = 0; round < 60; round++) {
      var pending = new LinkedHashMap<String, Future<Accepted>>();
      for (int i = 0; i < 5; i++) {
        var id = "m" + round + "-" + i;
        sent.add(id);
        pending.put(id, ingest.send(beacons.accept(page("d" + i, id))));
      }
      if (random.nextInt(6) == 0) {
        ingest.cutConnections();
      }
      for (var entry : pending.entrySet()) {
        var outcome = entry.getValue().transform(Future::succeededFuture);
        if (await(outcome).succeeded()) {
          acknowledged.add(entry.getKey());
        } else {
          refused++;
        }
      }
    }
    assertThat(refused).as("the fault was felt").isPositive();
    until(() -> ingest.ping().state().equals("ready") && ingest.ping().lag() == 0);
    for (var id : sent) {
      if (!acknowledged.contains(id)) {
        until(
            () ->
                ingest
                    .send(beacons.accept(page("d", id)))
                    .transform(Future::succeededFuture)
                    .map(outcome -> outcome.succeeded())
                    .await());
      }
    }
    until(
        () -> ingest.ping().state().equals("ready") && neighbours.applied().size() == sent.size());
    assertThat(ingest.stored()).isEqualTo(sent.size());
    assertThat(new HashSet<>(neighbours.applied())).isEqualTo(sent);
  }

  /** The log hangs: whoever comes later is turned away at once instead of waiting too. */
  @Test
  void log_hangs_turnsBeaconsAwayAndRecovers() throws Exception {
    try (var session = ingest.database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute(beacons.sayingItIsKnown("m1"));
      var stuck = ingest.send(beacons.accept(page("a", "m1")));
      until(() -> refused(beacons.accept(page("a", "m2"))));
      assertThat(stuck.isComplete()).isFalse();
      assertThat(refusal(stuck).reason())
          .as("given up on after a while")
          .isEqualTo(Refused.Reason.UNAVAILABLE);
      assertThat(ingest.ping().state()).startsWith("closed: the event log ");
      session.rollback();
    }
    until(() -> ingest.ping().state().equals("ready"));
    assertThat(neighbours.applied())
        .as("the commit that nobody waited for any more")
        .contains("m1");
    assertThat(ingest.verdicts(beacons.accept(page("a", "m1"), page("a", "m3"))))
        .containsExactly(Verdict.DUPLICATE, Verdict.STORED);
    assertThat(ingest.status().turnedAway()).isPositive();
    assertThat(ingest.stored()).isEqualTo(neighbours.applied().size());
  }

  private boolean refused(Accept accept) {
    var outcome = ingest.send(accept);
    try {
      return outcome.isComplete()
          ? outcome.failed()
          : await(
              outcome
                  .timeout(50, TimeUnit.MILLISECONDS)
                  .map(false)
                  .recover(cause -> Future.succeededFuture(cause instanceof Refused)));
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** Two that take over from each other in turn would serve nobody. */
  @Test
  void log_takenOverByAnother_isLeftToIt() {
    ingest.verdicts(beacons.accept(page("a", "m1")));
    TestPostgres.execute(
        ingest.database,
        "update checkpoint set position = position + 1 where component = 'log-writer'");
    assertThat(refusal(ingest.send(beacons.accept(page("a", "m2")))).reason())
        .isEqualTo(Refused.Reason.UNAVAILABLE);
    until(() -> ingest.ping().state().startsWith("closed: another process has taken over"));
    long writer = ingest.count("select position from checkpoint where component = 'log-writer'");
    for (int i = 0; i < 5; i++) {
      assertThat(refusal(ingest.send(beacons.accept(page("a", "m" + i)))).reason())
          .isEqualTo(Refused.Reason.UNAVAILABLE);
    }
    assertThat(ingest.count("select position from checkpoint where component = 'log-writer'"))
        .isEqualTo(writer);
    ingest.undeploy();
    ingest.deploy();
    assertThat(ingest.verdicts(beacons.accept(page("a", "m2"), page("a", "m3"))))
        .contains(Verdict.STORED);
    assertThat(ingest.stored()).isEqualTo(3);
  }

  @Test
  void accept_moreThanMayWait_isOverload() throws Exception {
    ingest.undeploy();
    ingest.deploy(RunningIngest.MIN_PENDING);
    var big =
        "{'type':'page','anonymousId':'a','messageId':'%s','traits':{'x':'"
            + "x".repeat(30_000)
            + "'}}";
    try (var session = ingest.database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("lock table message_seen in exclusive mode");
      var all = new ArrayList<Future<Accepted>>();
      for (int i = 0; i < 60; i++) {
        all.add(ingest.send(beacons.accept(big.formatted("m" + i))));
      }
      var reasons =
          all.reversed().stream()
              .limit(10)
              .map(one -> refusal(one).reason())
              .collect(Collectors.toSet());
      assertThat(reasons).containsExactly(Refused.Reason.OVERLOADED);
      session.rollback();
      long kept =
          all.stream()
              .filter(one -> await(one.transform(Future::succeededFuture)).succeeded())
              .count();
      assertThat(kept).isBetween(20L, 50L);
      assertThat(ingest.stored()).isEqualTo(kept);
    }
  }

  /** Poison is cheap to send, so it must not be free to keep. */
  @Test
  void accept_moreLettersThanMayWait_isOverload() throws Exception {
    ingest.undeploy();
    ingest.deploy(RunningIngest.MIN_PENDING);
    var big = "{'type':'track','anonymousId':'a','traits':{'x':'" + "x".repeat(30_000) + "'}}";
    try (var session = ingest.database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("lock table dead_letter in exclusive mode");
      var all = new ArrayList<Future<Accepted>>();
      for (int i = 0; i < 60; i++) {
        all.add(ingest.send(beacons.accept(big)));
      }
      assertThat(refusal(all.getLast()).reason()).isEqualTo(Refused.Reason.OVERLOADED);
      session.rollback();
      all.forEach(one -> await(one.transform(Future::succeededFuture)));
    }
  }
}
