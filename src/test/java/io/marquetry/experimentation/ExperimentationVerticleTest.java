package io.marquetry.experimentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Define;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.DecisionsMade;
import io.marquetry.bus.DecisionLogMessage.RunRetention;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.bus.DecisioningMessage.GetAllocations;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.ExperimentationMessage.EvaluatePolicy;
import io.marquetry.bus.ExperimentationMessage.GetBandit;
import io.marquetry.bus.ExperimentationMessage.GetBanditHistory;
import io.marquetry.bus.ExperimentationMessage.Purged;
import io.marquetry.bus.IdentityMessage.Attributed;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.LogPage;
import io.marquetry.bus.IngestMessage.LogStatus;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.Answer;
import io.marquetry.testkit.TestPostgres;
import io.marquetry.testkit.Until;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From decisions and the log to the next table, with neighbours played by the test. */
class ExperimentationVerticleTest {
  private static final long START = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final int VISITORS = 1_200;
  private static final byte[] SECRET = new byte[32];
  private static final Catalogue CATALOGUE =
      new Catalogue(
          "v1",
          1,
          List.of(
              new Definition(
                  Kind.COMPONENT,
                  "hero",
                  1,
                  Map.of(
                      "strategy",
                      Map.of(
                          "kind", "bandit",
                          "arms", List.of("a", "b"),
                          "reward", Map.of("event", "Order Completed"),
                          "window", "PT1M",
                          "epoch", "PT1M")))),
          List.of());

  private final Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final List<Logged> log = new CopyOnWriteArrayList<>();
  private final Map<Id128, Id128> holders = new HashMap<>();
  private final Bus bus;
  private volatile long now = START;
  private String deployment = "";

  ExperimentationVerticleTest() {
    Bus.install(vertx);
    bus = Bus.of(vertx);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Id128 visitor(int number) {
    return new Id128(7, number);
  }

  private static Id128 person(int number) {
    return new Id128(8, number);
  }

  @BeforeEach
  void serve() throws Exception {
    var keys = new ArrayList<Id128>();
    for (int i = 0; i < VISITORS; i++) {
      keys.add(visitor(i));
    }
    var consent = new ConsentRecord(keys, "shop", Purposes.ALL, 1, 0, "banner", true);
    await(bus.serve(Addresses.CATALOGUE, ask -> Future.succeededFuture(CATALOGUE)));
    await(
        bus.serve(
            Addresses.CONSENTS,
            ask ->
                Future.succeededFuture(
                    new Consents(ask.afterVersion() < 1 ? List.of(consent) : List.of()))));
    vertx.setPeriodic(200, tick -> bus.publish(Addresses.CONSENT_LEASE, new ConsentLease(1)));
    await(
        bus.serve(
            Addresses.LOG_STATUS,
            ask -> Future.succeededFuture(new LogStatus("test", 0, 0, 0, 0, 0, 0, 0))));
    await(
        bus.serve(
            Addresses.READ_LOG,
            ask -> {
              var page =
                  log.stream()
                      .filter(one -> one.position() > ask.after())
                      .limit(ask.limit())
                      .toList();
              long through = page.isEmpty() ? ask.after() : page.getLast().position();
              return Future.succeededFuture(new LogPage(page, through));
            }));
    await(
        bus.serve(
            Addresses.ATTRIBUTE,
            ask -> {
              var origins = new ArrayList<Id128>();
              for (var one : ask.events()) {
                var device = one.event().subject().device();
                origins.add(holders.getOrDefault(device, device));
              }
              return Future.succeededFuture(new Attributed(origins, origins));
            }));
    await(
        bus.serve(
            Addresses.IDENTIFIERS,
            ask -> {
              var holder = ask.keys().getFirst();
              var found =
                  Stream.concat(
                          Stream.of(holder),
                          holders.entrySet().stream()
                              .filter(one -> one.getValue().equals(holder))
                              .map(Map.Entry::getKey))
                      .toList();
              return Future.succeededFuture(new Identifiers(holder, found));
            }));
    deploy();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private void deploy() throws Exception {
    var placements =
        Stream.of("identity", "experimentation", "ingest")
            .map(name -> new Placement(name, 1, ThreadingModel.EVENT_LOOP, Map.of()))
            .toList();
    var context =
        new ComponentContext(
            "experimentation",
            0,
            1,
            Map.of("everyMillis", 10, "graceMillis", 0),
            new ServerSettings("127.0.0.1", 0, Path.of("target"), false, "", "test"),
            new Topology(1, placements),
            database.connectOptions(),
            new Secrets(SECRET, SECRET),
            () -> Instant.ofEpochMilli(now));
    deployment = await(vertx.deployVerticle(new ExperimentationVerticle(context)));
  }

  private AllocationTable table() throws Exception {
    return await(bus.ask(Addresses.GET_ALLOCATIONS, new GetAllocations())).tables().getFirst();
  }

  private void untilEpoch(long epoch) {
    Until.untilAsserted(
        "epoch " + epoch, () -> assertThat(table().epoch()).isGreaterThanOrEqualTo(epoch));
  }

  private long count(String table) throws SQLException {
    try (var session = database.connect();
        var statement = session.createStatement();
        var rows = statement.executeQuery("select count(*) from " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static String arm(int visitor) {
    return visitor % 2 == 0 ? "a" : "b";
  }

  private static DecisionRecord decision(int visitor, long at, String strategy) {
    return decision(visitor, at, strategy, arm(visitor));
  }

  private static DecisionRecord decision(int visitor, long at, String strategy, String arm) {
    var draw =
        new Draw("hero", 0, List.of(), List.of("a", "b"), List.of(.5, .5), List.of("a", "b"));
    var choice = new Choice("hero", arm, strategy, List.of(), .5, .5, -1, draw, List.of());
    return new DecisionRecord(
        new Id128(at, visitor),
        at,
        "shop",
        Mode.PERSONALIZED,
        visitor(visitor),
        "home",
        List.of(choice),
        Map.of(),
        1,
        "v1",
        10);
  }

  private void show(long at) {
    var decisions = new ArrayList<DecisionRecord>();
    for (int i = 0; i < VISITORS; i++) {
      decisions.add(decision(i, at, "bandit"));
    }
    bus.publish(Addresses.DECISIONS_MADE, new DecisionsMade(decisions));
  }

  private void order(int visitor, long position, long at) {
    log.add(
        new Logged(
            position,
            new Event(
                new Id128(9, position),
                "m" + position,
                "shop",
                EventType.TRACK,
                "Order Completed",
                new Subject(visitor(visitor), null, null, null, "v" + visitor, null),
                at,
                at,
                Map.of("properties", Map.of("total", 20)),
                List.of())));
  }

  /** Of those who saw b every second orders, of those who saw a every twentieth. */
  private int orders(long at) {
    int orders = 0;
    for (int i = 0; i < VISITORS; i++) {
      boolean orderNow = arm(i).equals("b") ? i % 4 == 1 : i % 40 == 0;
      if (orderNow) {
        order(i, ++orders, at);
      }
    }
    return orders;
  }

  /** How many exposures an arm had, and what they brought. */
  private List<?> evidence(int arm) throws Exception {
    var body = await(bus.ask(Addresses.BANDITS, new GetBandit("hero"))).body();
    var evidence = "bandits.0.rows.0.arms." + arm + ".evidence.";
    return Stream.of("exposures", "reward")
        .map(field -> Objects.requireNonNull(Answer.at(body, evidence + field)))
        .toList();
  }

  private Map<String, Object> evaluate(Map<String, Object> policy) throws Exception {
    return await(bus.ask(Addresses.EVALUATE_POLICY, new EvaluatePolicy("hero", policy, null, null)))
        .body();
  }

  private void learn() throws Exception {
    show(START + 1_000);
    Until.untilAsserted(
        "all exposures stored", () -> assertThat(count("bandit_exposure")).isEqualTo(VISITORS));
    int orders = orders(START + 20_000);
    Until.untilAsserted(
        "all rewards stored",
        () ->
            assertThat(count("(select distinct position from bandit_reward) as one"))
                .isEqualTo(orders));
  }

  @Test
  void loop_oneArmIsBetter_shiftsToItOnceAndGoesOnAfterARestart() throws Exception {
    // Every tenth visitor logged in before the order: it is found under another profile.
    for (int i = 0; i < VISITORS; i += 10) {
      holders.put(visitor(i), person(i));
    }
    assertThat(table().epoch()).isZero();
    assertThat(table().rows().getFirst().probabilities()).containsExactly(.5, .5);
    learn();
    // Shown again within the window, and forced by a rule: neither is an exposure of its own.
    show(START + 5_000);
    bus.publish(
        Addresses.DECISIONS_MADE, new DecisionsMade(List.of(decision(1, START + 70_000, "rule"))));
    now = START + 2 * MINUTE;
    untilEpoch(1);
    assertThat(count("bandit_exposure")).isEqualTo(VISITORS);
    assertThat(evidence(0)).isEqualTo(List.of(600.0, 30.0));
    assertThat(evidence(1)).isEqualTo(List.of(600.0, 300.0));
    var shares = table().rows().getFirst().probabilities();
    assertThat(shares.get(1)).isCloseTo(.7, within(1e-9));

    var uniform = evaluate(Map.of("kind", "uniform"));
    assertThat(uniform).doesNotContainKey("refused").containsEntry("exposures", VISITORS);
    assertThat(Answer.at(uniform, "ips.value"))
        .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
        .isCloseTo(330.0 / VISITORS, within(1e-12));
    var always = evaluate(Map.of("kind", "shares", "shares", Map.of("b", 1)));
    assertThat(always).containsKey("refused").doesNotContainKey("ips");

    var before = table();
    await(vertx.undeploy(deployment));
    deploy();
    assertThat(table()).isEqualTo(before);
    assertThat(lots("lots.arms.0.shown")).isEqualTo(600.0);
    assertThat(lots("lots.arms.0.expected")).isEqualTo(600.0);
    assertThat(lots("lots.alarm")).isNull();
    now = START + 4 * MINUTE;
    untilEpoch(2);
    assertThat(evidence(1)).isEqualTo(List.of(600.0, 300.0));
    var history = await(bus.ask(Addresses.BANDIT_HISTORY, new GetBanditHistory("hero", 10))).body();
    for (int i = 0; i < 3; i++) {
      assertThat(Answer.at(history, "epochs." + i + ".epoch")).isEqualTo(2L - i);
    }
  }

  private @Nullable Object lots(String path) throws Exception {
    var body = await(bus.ask(Addresses.BANDITS, new GetBandit("hero"))).body();
    return Answer.at(body, "bandits.0." + path);
  }

  private String state() throws Exception {
    return await(bus.ask(Addresses.ping("experimentation").to(0), new Ping())).state();
  }

  /** Everybody is shown something else than their lots say, twice; the second time is no news. */
  @Test
  void exposures_notAsTheirLotsSay_raiseAnAlarmForADay() throws Exception {
    assertThat(state()).isEqualTo("ready");
    for (int again = 0; again < 2; again++) {
      var decisions = new ArrayList<DecisionRecord>();
      for (int i = 0; i < VISITORS; i++) {
        long at = START + again * 2L * MINUTE;
        decisions.add(decision(i, at, "bandit", i % 4 == 0 ? "a" : "b"));
      }
      bus.publish(Addresses.DECISIONS_MADE, new DecisionsMade(decisions));
      long stored = (again + 1) * (long) VISITORS;
      Until.untilAsserted("stored", () -> assertThat(count("bandit_exposure")).isEqualTo(stored));
      now = START + (again + 1) * 2L * MINUTE;
      Until.untilAsserted("alarm", () -> assertThat(lots("lots.alarm.text")).isNotNull());
      assertThat(lots("lots.arms")).isEqualTo(List.of());
    }
    assertThat(lots("lots.alarm.text")).isEqualTo("“a” came 300 times where its lots say 600");
    assertThat(state()).contains("degraded: the arms of hero do not come as their lots say");
    now = START + 4 * MINUTE + 24 * 60 * MINUTE;
    Until.untilAsserted("calm", () -> assertThat(state()).isEqualTo("ready"));
  }

  @Test
  void retention_ofBandits_removesWhatIsOlderAndUsedNoLonger() throws Exception {
    learn();
    now = START + 2 * MINUTE;
    untilEpoch(1);
    var purge = bus.ask(Addresses.PURGE_BANDITS, new RunRetention());
    assertThat(await(purge)).isEqualTo(new Purged(0, 0, 0));

    var definitions = new ArrayList<>(CATALOGUE.definitions());
    definitions.add(
        new Definition(Kind.SETTING, "retention", 1, Map.of("bandits", Map.of("days", 2L))));
    var kept = new Catalogue("v2", 2, definitions, List.of());
    await(bus.ask(Addresses.define("experimentation").to(0), new Define(kept)));
    now = START + Duration.ofDays(3).toMillis();
    show(now);
    untilEpoch(2);
    Until.untilAsserted(
        "all exposures stored", () -> assertThat(count("bandit_exposure")).isEqualTo(2 * VISITORS));
    long rewards = count("bandit_reward");
    var removed = await(bus.ask(Addresses.PURGE_BANDITS, new RunRetention()));
    assertThat(removed.exposures()).isEqualTo(VISITORS);
    assertThat(removed.rewards()).isEqualTo(rewards).isPositive();
    assertThat(removed.epochs()).isEqualTo(2);
    assertThat(count("bandit_exposure where at = " + now)).isEqualTo(VISITORS);
    assertThat(count("bandit_epoch")).isEqualTo(1);
    assertThat(table().epoch()).isEqualTo(2);
  }

  @Test
  void withdrawal_ofSomebodyShown_leavesNothingOfThem() throws Exception {
    learn();
    var gone = new ConsentRecord(List.of(visitor(1)), "shop", Purposes.NONE, 2, 0, "banner", true);
    await(bus.ask(Addresses.applyConsent("experimentation").to(0), gone));
    assertThat(count("bandit_exposure")).isEqualTo(VISITORS - 1);
    assertThat(count("bandit_reward where profile = '00000000-0000-0007-0000-000000000001'"))
        .isZero();
    bus.publish(
        Addresses.DECISIONS_MADE,
        new DecisionsMade(List.of(decision(1, START + 30_000, "bandit"))));
    now = START + 2 * MINUTE;
    untilEpoch(1);
    assertThat(evidence(1)).isEqualTo(List.of(599.0, 299.0));
    order(1, 10_001, now);
    order(2, 10_002, now);
    Until.untilAsserted(
        "who allows it has a reward noted",
        () -> assertThat(count("bandit_reward where position = 10002")).isPositive());
    assertThat(count("bandit_reward where position = 10001")).isZero();
  }
}
