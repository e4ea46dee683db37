package io.marquetry.ingest;

import static io.marquetry.ingest.Beacons.page;
import static io.marquetry.ingest.Conditions.until;
import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DeadLetterMessage.GetDeadLetters;
import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.GetCounts;
import io.marquetry.bus.IngestMessage.GetLogStatus;
import io.marquetry.bus.IngestMessage.LogStatus;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.LogSettings;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ingest on a real bus and a real PostgreSQL, among neighbours that only keep to the contract. */
@Tag("postgres")
class IngestVerticleTest {
  private static final int OWNERS = 2;
  private static final long MIN_PENDING = 1 << 20;

  final IngestRig rig = new IngestRig();
  final Database database = TestPostgres.freshDatabase();
  private final Neighbours neighbours = new Neighbours(rig.vertx, OWNERS);
  private final Beacons beacons = new Beacons();
  private final Ids ids = new Ids(IngestRig.SECRET);
  private String deployment = "";

  @BeforeEach
  void start() {
    rig.serveCatalogue();
    neighbours.start();
    deploy(64 << 20);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private void deploy() {
    deploy(64 << 20);
  }

  private void deploy(long maxPendingBytes) {
    var context =
        IngestRig.context(
            "ingest",
            Map.of("maxPendingBytes", maxPendingBytes),
            Map.of("identity", 1, "segmentation", OWNERS),
            database.connectOptions(),
            0,
            log());
    deployment = await(rig.vertx.deployVerticle(new IngestVerticle(context)));
  }

  /** Where the log is; a subclass says otherwise. */
  LogSettings log() {
    return LogSettings.POSTGRES;
  }

  private void undeploy() {
    await(rig.vertx.undeploy(deployment));
  }

  private Future<Accepted> send(Accept accept) {
    return rig.bus.ask(Addresses.ACCEPT, accept);
  }

  private List<Verdict> verdicts(Accept accept) {
    return await(send(accept)).verdicts();
  }

  private Pong ping() {
    return await(rig.bus.ask(Addresses.ping("ingest").to(0), new Ping()));
  }

  private LogStatus status() {
    return await(rig.bus.ask(Addresses.LOG_STATUS, new GetLogStatus()));
  }

  private static Refused refusal(Future<?> future) {
    return Objects.requireNonNull(catchThrowableOfType(Refused.class, () -> await(future)));
  }

  final long count(String sql) {
    try (var session = database.connect();
        var rows = session.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** How many events are in the log. */
  long stored() {
    long rows = count("select count(*) from event_log");
    assertThat(count("select count(distinct position) from event_log")).isEqualTo(rows);
    return rows;
  }

  /** Adds an entry that is no JSON, and one that is no event, to a log with one entry. */
  void damage() {
    TestPostgres.execute(
        database,
        "insert into event_log select position + 1, received_at, site, message, 'no JSON' from"
            + " event_log",
        "insert into event_log select max(position) + 1, max(received_at), 'shop',"
            + " gen_random_uuid(), '{\"arrival\":{},\"call\":{\"type\":\"page\"}}' from event_log");
  }

  // ---- the straight way

  @Test
  void accept_events_areDurableAndAppliedBeforeTheAnswer() {
    assertThat(verdicts(beacons.accept(page("a", "m1"), page("b", "m2"))))
        .containsExactly(Verdict.STORED, Verdict.STORED);
    assertThat(stored()).isEqualTo(2);
    assertThat(neighbours.applied()).containsExactly("m1", "m2");
    assertThat(status().stored()).isEqualTo(2);
    assertThat(status().applied()).isEqualTo(status().position());
    assertThat(ping().state()).isEqualTo("ready");
    assertThat(ping().lag()).isZero();
  }

  @Test
  void accept_manyAtOnce_areAppliedInTheOrderOfTheLog() {
    var all = new ArrayList<Future<Accepted>>();
    for (int i = 0; i < 200; i++) {
      all.add(send(beacons.accept(page("d" + i % 7, "m" + i))));
    }
    all.forEach(IngestRig::await);
    assertThat(neighbours.applied()).hasSize(200).doesNotHaveDuplicates();
    assertThat(neighbours.applied())
        .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> "m" + i).toList());
    assertThat(neighbours.applications())
        .as("beacons that come together are committed and applied together")
        .isLessThan(200);
  }

  @Test
  void accept_sameBeaconTenTimesAtOnce_isStoredOnce() {
    var beacon = beacons.accept(page("a", "m1"), page("a", "m2"));
    var all = IntStream.range(0, 10).mapToObj(i -> send(beacon)).toList();
    var verdicts = all.stream().flatMap(one -> await(one).verdicts().stream()).toList();
    assertThat(verdicts.stream().filter(Verdict.STORED::equals)).hasSize(2);
    assertThat(verdicts.stream().filter(Verdict.DUPLICATE::equals)).hasSize(18);
    assertThat(stored()).isEqualTo(2);
    assertThat(neighbours.applied()).containsExactly("m1", "m2");
    assertThat(status().duplicates()).isEqualTo(18);
  }

  @Test
  void accept_knownBeforeARestart_isADuplicate() {
    verdicts(beacons.accept(page("a", "m1")));
    undeploy();
    deploy();
    assertThat(verdicts(beacons.accept(page("a", "m1"), page("a", "m2"), page("a", "m2"))))
        .containsExactly(Verdict.DUPLICATE, Verdict.STORED, Verdict.DUPLICATE);
    assertThat(stored()).isEqualTo(2);
  }

  @Test
  void accept_nothing_isAnswered() {
    assertThat(verdicts(new Accept(List.of(), List.of()))).isEmpty();
  }

  // ---- consent

  @Test
  void accept_noConsent_isCountedAndLeavesNoTrace() {
    var beacon =
        beacons.acceptAt(
            "shut",
            page("canary-device", "canary-message"),
            page("canary-device", "canary-2"),
            "{'type':'track','event':'canary-event','userId':'canary-user'}",
            "{'type':'page','anonymousId':'canary','context':{'userAgent':'Googlebot'}}");
    assertThat(verdicts(beacon)).containsOnly(Verdict.AGGREGATED).hasSize(4);
    assertThat(await(rig.bus.ask(Addresses.COUNTS, new GetCounts("shut"))).byType())
        .isEqualTo(Map.of("page", 2L, "track", 1L, "bot", 1L));
    assertThat(stored()).isZero();
    for (var table : List.of("message_seen", "dead_letter")) {
      assertThat(count("select count(*) from " + table)).as(table).isZero();
    }
    assertThat(count("select count(*) from aggregate_count t where t::text like '%canary%'"))
        .isZero();
    assertThat(neighbours.applied()).isEmpty();
    assertThat(status().aggregated()).isEqualTo(4);
  }

  @Test
  void consent_changed_holdsForTheNextBeacon() {
    var record =
        new ConsentRecord(
            List.of(ids.device("shop", "a")), "shop", Purposes.NONE, 1, 1, "api", true);
    await(neighbours.choose(record));
    assertThat(verdicts(beacons.accept(page("a", "m1"), page("b", "m2"))))
        .containsExactly(Verdict.AGGREGATED, Verdict.STORED);
  }

  @Test
  void apply_eventRestsOnAChoice_saysOnWhichSoThatOwnersWaitForIt() {
    var record =
        new ConsentRecord(
            List.of(ids.device("shop", "a")), "shop", Purposes.ALL, 1, 1, "api", true);
    await(neighbours.choose(record));
    verdicts(beacons.accept(page("b", "m1")));
    assertThat(neighbours.restedOn()).as("the site's default").isZero();
    verdicts(beacons.accept(page("a", "m2")));
    assertThat(neighbours.restedOn()).isOne();
  }

  @Test
  void accept_wordOfConsentLate_isToldToComeAgainInsteadOfCounted() {
    neighbours.silence(true);
    var late = new ArrayList<Refused>();
    until(
        () -> {
          await(
              send(beacons.accept(page("a", "m")))
                  .map(true)
                  .otherwise(cause -> cause instanceof Refused refused && late.add(refused)));
          return !late.isEmpty();
        });
    assertThat(late.getFirst().reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
    assertThat(late.getFirst()).hasMessageContaining("consent");

    neighbours.silence(false);
    until(() -> await(send(beacons.accept(page("a", "m1"))).map(true).otherwise(false)));
    assertThat(stored()).isEqualTo(2);
    assertThat(status().aggregated()).isZero();
  }

  /** The answer to a change means: nothing that rests on the older consent is under way. */
  @Test
  void consent_changed_isConfirmedWhenWorkUnderWayIsThrough() {
    neighbours.hold();
    var before = send(beacons.accept(page("a", "m1")));
    until(() -> neighbours.applications() == 1);
    var record =
        new ConsentRecord(
            List.of(ids.device("shop", "a")), "shop", Purposes.NONE, 1, 1, "api", true);
    var confirmed = neighbours.choose(record);
    var after = send(beacons.accept(page("a", "m2")));
    assertThat(await(after).verdicts()).as("judged anew").containsExactly(Verdict.AGGREGATED);
    assertThat(confirmed.isComplete()).isFalse();
    neighbours.letGo();
    await(confirmed);
    assertThat(neighbours.applied()).containsExactly("m1");
    assertThat(await(before).verdicts()).containsExactly(Verdict.STORED);
  }

  @Test
  void deadLetter_consentAllows_keepsWhatWasSentElseNot() {
    var bad = "{'type':'track','anonymousId':'canary','messageId':'m9'}";
    verdicts(beacons.acceptAt("shop", bad));
    verdicts(beacons.acceptAt("shut", bad));
    assertThat(
            count(
                "select count(*) from dead_letter where site = 'shop' and payload like '%canary%'"))
        .isEqualTo(1);
    assertThat(
            count(
                "select count(*) from dead_letter where site = 'shut' and reason = 'missing_event'"
                    + " and message_id = 'm9' and payload = ''"))
        .isEqualTo(1);
    verdicts(beacons.acceptAt("shop", "{'type':'track','event':'canary'}"));
    assertThat(
            count("select count(*) from dead_letter where reason = 'no_identity' and payload = ''"))
        .as("of nobody who could have allowed it")
        .isEqualTo(1);
    assertThat(status().deadLetters()).isEqualTo(3);
  }

  @Test
  void deadLetters_asked_areListedNewestFirst() {
    verdicts(beacons.acceptAt("shop", "{'type':'track','anonymousId':'a','messageId':'m1'}"));
    verdicts(beacons.acceptAt("shut", "{'type':'page','messageId':'m2'}"));
    verdicts(beacons.acceptAt("shop", "{'type':'group','anonymousId':'a','messageId':'m3'}"));
    assertThat(letters(null, 10)).containsExactly("m3", "m2", "m1");
    assertThat(letters("shop", 10)).containsExactly("m3", "m1");
    assertThat(letters("shop", 1)).containsExactly("m3");
    assertThat(letters("blog", 10)).isEmpty();
  }

  private List<String> letters(@Nullable String site, int limit) {
    var asked = rig.bus.ask(Addresses.DEAD_LETTERS, new GetDeadLetters(site, limit));
    return await(asked).letters().stream().map(one -> one.letter().messageId()).toList();
  }

  // ---- merges

  @Test
  void merge_betweenTwoEvents_movesStateBetweenTheirApplications() {
    var loser = ids.device("shop", "a");
    var winner = ids.user("shop", "u");
    int from = Shards.owner(loser, OWNERS);
    int into = Shards.owner(winner, OWNERS);
    neighbours.mergeAt(
        logged ->
            logged.event().messageId().equals("m2")
                ? new Merge(logged.position(), loser, winner, "identify")
                : null);
    verdicts(
        beacons.accept(
            page("a", "m1"),
            "{'type':'identify','anonymousId':'a','userId':'u','messageId':'m2'}",
            "{'type':'page','userId':'u','messageId':'m3'}"));
    assertThat(neighbours.deeds())
        .containsExactly(
            "apply m1 at " + from,
            "release at " + from,
            "adopt " + loser + " at " + into,
            "apply m2 at " + into,
            "apply m3 at " + into);
  }

  // ---- trouble downstream

  @Test
  void application_fails_isMadeUpForInOrder() {
    verdicts(beacons.accept(page("a", "m0")));
    neighbours.failNextApplications(3);
    for (int i = 1; i <= 20; i++) {
      assertThat(verdicts(beacons.accept(page("a", "m" + i)))).containsExactly(Verdict.STORED);
    }
    until(() -> ping().state().equals("ready") && ping().lag() == 0);
    assertThat(neighbours.applied())
        .containsExactlyElementsOf(IntStream.rangeClosed(0, 20).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void application_slow_isNotWaitedForButNotForgotten() {
    neighbours.hold();
    assertThat(verdicts(beacons.accept(page("a", "m1"))))
        .as("durable, which is what success means")
        .containsExactly(Verdict.STORED);
    assertThat(neighbours.applied()).isEmpty();
    assertThat(ping().lag()).isEqualTo(1);
    neighbours.letGo();
    until(() -> ping().lag() == 0);
    assertThat(neighbours.applied()).containsExactly("m1");
  }

  /** While the log is read to catch up, beacons go on coming in; none may fall between. */
  @Test
  void commits_duringCatchUp_areNeverPassedOver() {
    var random = new SplittableRandom(3);
    var all = new ArrayList<Future<Accepted>>();
    int sent = 0;
    for (int round = 0; round < 30; round++) {
      if (random.nextInt(3) == 0) {
        neighbours.failNextApplications(1);
      }
      for (int i = 0; i < 20; i++) {
        all.add(send(beacons.accept(page("d" + random.nextInt(9), "m" + sent++))));
      }
      await(all.get(random.nextInt(all.size())));
    }
    all.forEach(IngestRig::await);
    int expected = sent;
    until(() -> ping().state().equals("ready") && neighbours.applied().size() == expected);
    assertThat(neighbours.applied())
        .containsExactlyElementsOf(IntStream.range(0, sent).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void application_moreWaitsThanMemoryShouldHold_isReadFromTheLogInstead() {
    neighbours.hold();
    var all = new ArrayList<Future<Accepted>>();
    int batches = Follower.MAX_QUEUED / 400 + 3;
    for (int i = 0; i < batches; i++) {
      all.add(send(beacons.pages("m" + i + "-", 400)));
    }
    all.forEach(IngestRig::await);
    until(() -> ping().state().equals("loading"));
    neighbours.letGo();
    until(() -> ping().state().equals("ready") && ping().lag() == 0);
    assertThat(new HashSet<>(neighbours.applied())).hasSize(batches * 400);
    assertThat(neighbours.positions())
        .isEqualTo(new ArrayList<>(new TreeSet<>(neighbours.positions())));
  }

  @Test
  void poison_isSetApartAndItsNeighboursApplied() {
    neighbours.poison("m2");
    assertThat(verdicts(beacons.accept(page("a", "m1"), page("a", "m2"), page("b", "m3"))))
        .containsOnly(Verdict.STORED);
    assertThat(neighbours.applied()).containsExactly("m1", "m3");
    assertThat(
            count(
                "select count(*) from dead_letter where stage = 'segmentation' and reason ="
                    + " 'poisoned' and message_id = 'm2' and payload = '' and detail like 'told to"
                    + " be poison%'"))
        .isEqualTo(1);
    assertThat(ping().state()).isEqualTo("ready");
  }

  // ---- restart

  @Test
  void restart_checkpointsBehind_appliesTheRestAgain() {
    verdicts(beacons.pages("m", 10));
    var positions = neighbours.positions();
    undeploy();
    neighbours.checkpoint(positions.get(6));
    int before = neighbours.applications();
    deploy();
    assertThat(neighbours.applications()).isGreaterThan(before);
    assertThat(neighbours.applied()).hasSize(10);
    assertThat(ping().state()).isEqualTo("ready");
    assertThat(status().applied()).isEqualTo(status().position());
  }

  @Test
  void restart_logLongerThanAPage_isAppliedWhole() {
    neighbours.failNextApplications(Integer.MAX_VALUE);
    for (int i = 0; i < 6; i++) {
      verdicts(beacons.pages("m" + i + "-", 400));
    }
    undeploy();
    neighbours.failNextApplications(0);
    deploy();
    assertThat(neighbours.applied()).hasSize(2_400).doesNotHaveDuplicates();
  }

  @Test
  void restart_damagedEntry_isPassedOver() {
    verdicts(beacons.accept(page("a", "m1")));
    undeploy();
    damage();
    deploy();
    assertThat(verdicts(beacons.accept(page("a", "m2")))).containsExactly(Verdict.STORED);
    assertThat(neighbours.applied()).containsExactly("m1", "m2");
  }

  @Test
  void stop_beaconsUnderWay_areAnsweredFirst() {
    var all =
        IntStream.range(0, 50).mapToObj(i -> send(beacons.accept(page("a", "m" + i)))).toList();
    await(all.getFirst());
    undeploy();
    int kept = 0;
    for (var one : all) {
      if (one.succeeded()) {
        kept++;
      } else {
        assertThat(refusal(one).reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
      }
    }
    assertThat(stored()).isEqualTo(kept);
    assertThat(kept).isPositive();
  }

  // ---- trouble with the log

  private void cutConnections() {
    TestPostgres.execute(
        database,
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where application_name = 'marquetry-ingest' and datname = current_database()");
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
      var pending = new java.util.LinkedHashMap<String, Future<Accepted>>();
      for (int i = 0; i < 5; i++) {
        var id = "m" + round + "-" + i;
        sent.add(id);
        pending.put(id, send(beacons.accept(page("d" + i, id))));
      }
      if (random.nextInt(6) == 0) {
        cutConnections();
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
    until(() -> ping().state().equals("ready") && ping().lag() == 0);
    for (var id : sent) {
      if (!acknowledged.contains(id)) {
        until(
            () ->
                send(beacons.accept(page("d", id)))
                    .transform(Future::succeededFuture)
                    .map(outcome -> outcome.succeeded())
                    .await());
      }
    }
    until(() -> ping().state().equals("ready") && neighbours.applied().size() == sent.size());
    assertThat(stored()).isEqualTo(sent.size());
    assertThat(new HashSet<>(neighbours.applied())).isEqualTo(sent);
  }

  /** The log hangs: whoever comes later is turned away at once instead of waiting too. */
  @Test
  void log_hangs_turnsBeaconsAwayAndRecovers() throws Exception {
    try (var session = database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute(beacons.sayingItIsKnown("m1"));
      var stuck = send(beacons.accept(page("a", "m1")));
      until(() -> refused(beacons.accept(page("a", "m2"))));
      assertThat(stuck.isComplete()).isFalse();
      assertThat(refusal(stuck).reason())
          .as("given up on after a while")
          .isEqualTo(Refused.Reason.UNAVAILABLE);
      assertThat(ping().state()).startsWith("closed: the event log ");
      session.rollback();
    }
    until(() -> ping().state().equals("ready"));
    assertThat(neighbours.applied())
        .as("the commit that nobody waited for any more")
        .contains("m1");
    assertThat(verdicts(beacons.accept(page("a", "m1"), page("a", "m3"))))
        .containsExactly(Verdict.DUPLICATE, Verdict.STORED);
    assertThat(status().turnedAway()).isPositive();
    assertThat(stored()).isEqualTo(neighbours.applied().size());
  }

  /** Two that take over from each other in turn would serve nobody. */
  @Test
  void log_takenOverByAnother_isLeftToIt() {
    verdicts(beacons.accept(page("a", "m1")));
    TestPostgres.execute(
        database, "update checkpoint set position = position + 1 where component = 'log-writer'");
    assertThat(refusal(send(beacons.accept(page("a", "m2")))).reason())
        .isEqualTo(Refused.Reason.UNAVAILABLE);
    until(() -> ping().state().startsWith("closed: another process has taken over"));
    long writer = count("select position from checkpoint where component = 'log-writer'");
    for (int i = 0; i < 5; i++) {
      assertThat(refusal(send(beacons.accept(page("a", "m" + i)))).reason())
          .isEqualTo(Refused.Reason.UNAVAILABLE);
    }
    assertThat(count("select position from checkpoint where component = 'log-writer'"))
        .isEqualTo(writer);
    undeploy();
    deploy();
    assertThat(verdicts(beacons.accept(page("a", "m2"), page("a", "m3")))).contains(Verdict.STORED);
    assertThat(stored()).isEqualTo(3);
  }

  private boolean refused(Accept accept) {
    var outcome = send(accept);
    try {
      return outcome.isComplete()
          ? outcome.failed()
          : await(
              outcome
                  .timeout(50, java.util.concurrent.TimeUnit.MILLISECONDS)
                  .map(false)
                  .recover(cause -> Future.succeededFuture(cause instanceof Refused)));
    } catch (RuntimeException e) {
      return false;
    }
  }

  @Test
  void accept_moreThanMayWait_isOverload() throws Exception {
    undeploy();
    deploy(MIN_PENDING);
    var big =
        "{'type':'page','anonymousId':'a','messageId':'%s','traits':{'x':'"
            + "x".repeat(30_000)
            + "'}}";
    try (var session = database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("lock table message_seen in exclusive mode");
      var all = new ArrayList<Future<Accepted>>();
      for (int i = 0; i < 60; i++) {
        all.add(send(beacons.accept(big.formatted("m" + i))));
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
      assertThat(stored()).isEqualTo(kept);
    }
  }

  /** Poison is cheap to send, so it must not be free to keep. */
  @Test
  void accept_moreLettersThanMayWait_isOverload() throws Exception {
    undeploy();
    deploy(MIN_PENDING);
    var big = "{'type':'track','anonymousId':'a','traits':{'x':'" + "x".repeat(30_000) + "'}}";
    try (var session = database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("lock table dead_letter in exclusive mode");
      var all = new ArrayList<Future<Accepted>>();
      for (int i = 0; i < 60; i++) {
        all.add(send(beacons.accept(big)));
      }
      assertThat(refusal(all.getLast()).reason()).isEqualTo(Refused.Reason.OVERLOADED);
      session.rollback();
      all.forEach(one -> await(one.transform(Future::succeededFuture)));
    }
  }
}
