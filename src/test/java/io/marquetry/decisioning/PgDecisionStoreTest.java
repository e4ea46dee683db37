package io.marquetry.decisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.Covered;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.Reported;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.decisioning.DecisionStore.Shown;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Pg;
import io.marquetry.postgres.Migrator;
import io.marquetry.testkit.TestPostgres;
import io.marquetry.testkit.Until;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PgDecisionStoreTest {
  private static final Draw DRAW =
      new Draw("hero", 7, List.of("vip"), List.of("a", "b"), List.of(0.2, 0.8), List.of("b"));

  private static final long NOON = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
  private static final QueryDecisions ALL =
      new QueryDecisions(null, null, null, null, null, null, null, 100);

  private final Vertx vertx = Vertx.vertx();
  private Pool pool;
  private PgDecisionStore store;

  @SuppressWarnings("NullAway.Init")
  PgDecisionStoreTest() {}

  @BeforeEach
  void open() throws Exception {
    pool = Pg.pool(vertx, TestPostgres.freshDatabase().connectOptions(), "test", 1);
    store = new PgDecisionStore(pool);
    await(store.prepareDays(LocalDate.ofInstant(Instant.ofEpochMilli(NOON), ZoneOffset.UTC)));
  }

  @AfterEach
  void close() throws Exception {
    await(pool.close());
    await(vertx.close());
  }

  private static DecisionRecord decision(
      int number, @Nullable Id128 profile, String variant, String rule) {
    var reasons = List.of(new Reason("rule", rule, "rule “" + rule + "” shows it"));
    return new DecisionRecord(
        new Id128(5, number),
        NOON + number,
        "shop",
        profile == null ? Mode.CONTEXTUAL : Mode.PERSONALIZED,
        profile,
        "home",
        List.of(
            new Choice("hero", variant, "rule", reasons, 1, 0.5, -1, DRAW, List.of()),
            new Choice("promo", null, "none", List.of(), 1, 1, -1)),
        Map.of("geo.country", "DE", "visits", 3L, "segments", List.of("vip")),
        7,
        "v1",
        42);
  }

  /** One that somebody asked for, to show it themselves. */
  private static DecisionRecord call(int number, Id128 profile) {
    var page = decision(number, profile, "brand", "r1");
    return new DecisionRecord(
        page.decision(),
        page.at(),
        page.site(),
        page.mode(),
        profile,
        "",
        page.choices(),
        page.signals(),
        page.consentVersion(),
        page.definitions(),
        page.micros());
  }

  private static DecisionRecord having(DecisionRecord one, Map<String, Object> signals) {
    return new DecisionRecord(
        one.decision(),
        one.at(),
        one.site(),
        one.mode(),
        one.profile(),
        one.page(),
        one.choices(),
        signals,
        one.consentVersion(),
        one.definitions(),
        one.micros());
  }

  private List<DecisionRecord> query(QueryDecisions asked) throws Exception {
    return await(store.query(asked));
  }

  @Test
  void query_whatWasAppended_comesBackWholeAndNewestFirst() throws Exception {
    var one = decision(1, new Id128(1, 2), "brand", "r1");
    var two = decision(2, null, "promo-de", "r2");
    await(store.append(List.of(one, two)));
    assertThat(query(ALL)).containsExactly(two, one);
  }

  @Test
  void append_sameBatchTwice_isKeptOnce() throws Exception {
    int day = (int) Duration.ofDays(1).toMillis();
    var batch =
        List.of(
            decision(2, null, "brand", "r1"),
            decision(day, new Id128(1, 2), "brand", "r1"),
            decision(1, null, "brand", "r2"));
    await(store.append(batch));
    await(new PgDecisionStore(pool).append(batch));
    assertThat(query(ALL)).containsExactly(batch.get(1), batch.getFirst(), batch.getLast());
    assertThat(count("decision_batch")).as("one for each day").isEqualTo(2);
    await(store.append(List.of()));
    assertThat(count("decision_batch")).isEqualTo(2);
  }

  /** Writes overlap, and one that was refused comes late. */
  @Test
  void query_batchesThatOverlapInTime_newestOfAll() throws Exception {
    var visitor = new Id128(1, 2);
    await(store.append(List.of(decision(1, visitor, "brand", "r1"), decision(7, null, "a", "r1"))));
    await(store.append(List.of(decision(4, visitor, "a", "r1"), decision(8, visitor, "a", "r1"))));
    await(store.append(List.of(decision(5, visitor, "brand", "r1"), decision(6, null, "a", "r"))));
    for (int limit = 1; limit <= 6; limit++) {
      var newest = new QueryDecisions(null, null, null, null, null, null, null, limit);
      assertThat(numbers(newest)).isEqualTo(List.of(8L, 7L, 6L, 5L, 4L, 1L).subList(0, limit));
    }
    var theirs = new QueryDecisions(null, visitor, null, null, null, null, null, 3);
    assertThat(numbers(theirs)).containsExactly(8L, 5L, 4L);
    var brand = new QueryDecisions(null, visitor, null, "hero/brand", "r1", null, null, 1);
    assertThat(numbers(brand)).containsExactly(5L);
  }

  @Test
  void append_moreThanARowHolds_allAreFoundAgain() throws Exception {
    var many = new ArrayList<DecisionRecord>();
    for (int i = 0; i < PgDecisionBatch.MOST + 7; i++) {
      var visitor = i % 3 == 0 ? null : new Id128(1, i % 50);
      many.add(decision(i, visitor, "variant-" + i % 20, "r" + i));
    }
    await(store.append(many));
    assertThat(count("decision_batch")).isEqualTo(2);
    assertThat(count("decision")).isEqualTo(many.size());
    var all = new QueryDecisions(null, null, null, null, null, null, null, 1_000);
    assertThat(query(all)).isEqualTo(many.reversed());
    var ids = List.of(many.getLast().decision(), new Id128(5, 9_999), many.get(3).decision());
    assertThat(await(store.find(ids))).containsExactlyInAnyOrder(many.getLast(), many.get(3));
    var visitor = new Id128(1, 7);
    var theirs = new QueryDecisions(null, visitor, "hero", null, null, null, null, 1_000);
    assertThat(query(theirs))
        .isNotEmpty()
        .isEqualTo(many.reversed().stream().filter(one -> visitor.equals(one.profile())).toList());
  }

  @Test
  void query_eachFilter_findsWhatItNames() throws Exception {
    var profile = new Id128(1, 2);
    await(
        store.append(
            List.of(
                decision(1, profile, "brand", "r1"),
                decision(2, null, "promo-de", "r2"),
                decision(3, profile, "promo-de", "r1"))));
    assertThat(numbers(new QueryDecisions(new Id128(5, 2), null, null, null, null, null, null, 9)))
        .containsExactly(2L);
    assertThat(numbers(new QueryDecisions(null, profile, null, null, null, null, null, 9)))
        .containsExactly(3L, 1L);
    assertThat(numbers(new QueryDecisions(null, null, "promo", null, null, null, null, 9)))
        .containsExactly(3L, 2L, 1L);
    assertThat(numbers(new QueryDecisions(null, null, "cta", null, null, null, null, 9))).isEmpty();
    assertThat(numbers(new QueryDecisions(null, null, null, "promo-de", null, null, null, 9)))
        .containsExactly(3L, 2L);
    assertThat(numbers(new QueryDecisions(null, null, "hero", "promo-de", null, null, null, 9)))
        .containsExactly(3L, 2L);
    assertThat(numbers(new QueryDecisions(null, null, "promo", "promo-de", null, null, null, 9)))
        .isEmpty();
    assertThat(numbers(new QueryDecisions(null, null, null, "hero/brand", null, null, null, 9)))
        .containsExactly(1L);
    assertThat(numbers(new QueryDecisions(null, profile, null, null, "r1", null, null, 1)))
        .containsExactly(3L);
    assertThat(numbers(new QueryDecisions(null, null, null, null, null, NOON + 2, NOON + 3, 9)))
        .containsExactly(2L);
  }

  private List<Long> numbers(QueryDecisions asked) throws Exception {
    return query(asked).stream().map(one -> one.decision().low()).toList();
  }

  /** Texts that PostgreSQL cannot hold must not cost their neighbours in the same statement. */
  @Test
  void append_textsNoDatabaseHolds_spoilNoNeighbour() throws Exception {
    var broken = new Choice("he\0ro", null, "none", List.of(), 1, 1, -1);
    var odd =
        new DecisionRecord(
            new Id128(5, 1),
            NOON,
            "shop",
            Mode.CONTEXTUAL,
            null,
            "",
            List.of(broken),
            Map.of("nul", "a\0b", "half", "x\uD800y"),
            0,
            "v1",
            1);
    await(store.append(List.of(odd, decision(2, null, "brand", "r1"))));
    assertThat(numbers(ALL)).containsExactly(2L, 1L);
    assertThat(query(ALL).getLast().mode()).isEqualTo(Mode.CONTEXTUAL);
  }

  @Test
  void append_dayWithoutPartition_landsInTheNet() throws Exception {
    var old =
        new DecisionRecord(
            new Id128(5, 1), 0, "shop", Mode.HOLDOUT, null, "", List.of(), Map.of(), 0, "v1", 1);
    await(store.append(List.of(old)));
    assertThat(query(ALL)).containsExactly(old);
  }

  @Test
  void query_injection_isJustAText() throws Exception {
    var evil = "x' or '1'='1";
    await(store.append(List.of(decision(1, null, "brand", "r1"))));
    assertThat(query(new QueryDecisions(null, null, evil, evil, evil, null, null, 9))).isEmpty();
  }

  /** What many visitors share is there once, whatever the batch, the instance or the restart. */
  @Test
  void append_sameChoiceAgain_isStoredOnceADay() throws Exception {
    await(store.append(List.of(decision(1, new Id128(1, 2), "brand", "r1"))));
    await(store.append(List.of(decision(2, null, "brand", "r1"))));
    await(new PgDecisionStore(pool).append(List.of(decision(3, null, "brand", "r1"))));
    assertThat(count("decision_choice")).isEqualTo(2);
    int tomorrow = (int) Duration.ofDays(1).toMillis();
    await(store.append(List.of(decision(tomorrow, null, "brand", "r1"))));
    assertThat(count("decision_choice")).isEqualTo(4);
    assertThat(query(ALL)).hasSize(4).allMatch(one -> one.choices().size() == 2);
  }

  private long count(String table) throws Exception {
    var rows = await(pool.query("select count(*) from " + table).execute());
    return rows.iterator().next().getLong(0);
  }

  /** Six components, with the signals of a page: what is written for each of many visitors. */
  @Test
  void append_sixComponentsForMany_takesFewBytesEach() throws Exception {
    int many = 2_000;
    var choices = new ArrayList<Choice>();
    for (int i = 0; i < 6; i++) {
      var why = List.of(new Reason("rule", "r" + i, "rule “r" + i + "” shows it: ".repeat(4)));
      choices.add(new Choice("component-" + i, "variant", "rule", why, 1, 1, -1));
    }
    var decisions = new ArrayList<DecisionRecord>();
    for (int i = 0; i < many; i++) {
      var one = decision(i, new Id128(i, i), "brand", "r1");
      decisions.add(
          new DecisionRecord(
              one.decision(),
              one.at(),
              one.site(),
              one.mode(),
              one.profile(),
              one.page(),
              choices,
              one.signals(),
              one.consentVersion(),
              one.definitions(),
              one.micros()));
    }
    await(store.append(decisions));
    var sizes =
        await(
            pool.query(
                    "select sum(pg_total_relation_size(relid))"
                        + " from (select * from pg_partition_tree('decision_batch')"
                        + " union all select * from pg_partition_tree('decision_choice')) parts")
                .execute());
    var size = sizes.iterator().next();
    assertThat(count("decision")).isEqualTo(many);
    assertThat(size.getLong(0) / many).as("bytes with indexes").isLessThan(400);
  }

  @Test
  void shown_variantsOfAWindow_areThoseOfKnownVisitorsInOrder() throws Exception {
    var one = new Id128(1, 2);
    var two = new Id128(3, 4);
    await(
        store.append(
            List.of(
                decision(1, one, "brand", "r1"),
                decision(2, null, "brand", "r1"),
                decision(3, two, "brand", "r2"),
                decision(4, one, "promo-de", "r1"),
                decision(5, one, "brand", "r1"))));
    assertThat(await(store.shown(List.of("hero/brand"), Set.of(), NOON, NOON + 4)))
        .containsExactly(
            new Shown(one, "hero/brand", NOON + 1), new Shown(two, "hero/brand", NOON + 3));
    assertThat(
            await(
                store.shown(List.of("hero/brand", "hero/promo-de"), Set.of(), NOON + 3, NOON + 9)))
        .containsExactly(
            new Shown(one, "hero/promo-de", NOON + 4), new Shown(one, "hero/brand", NOON + 5));
  }

  @Test
  void shown_callersAnswersOfWhichItIsToBeSaid_countFromWhenItWasSaid() throws Exception {
    var visitor = new Id128(1, 2);
    var call = call(1, visitor);
    await(store.append(List.of(decision(0, visitor, "brand", "r1"), call, call(2, visitor))));
    await(store.expose(new Exposed("shop", call.decision(), List.of("hero"), NOON + 7)));
    await(store.expose(new Exposed("shop", call.decision(), List.of("hero"), NOON + 8)));
    assertThat(await(store.shown(List.of("hero/brand"), Set.of("hero"), NOON - 1, NOON + 9)))
        .containsExactly(
            new Shown(visitor, "hero/brand", NOON), new Shown(visitor, "hero/brand", NOON + 7));
    assertThat(await(store.shown(List.of("hero/brand"), Set.of("cta"), NOON - 1, NOON + 9)))
        .hasSize(3);
    assertThat(await(store.find(List.of(call.decision(), new Id128(5, 5)))))
        .extracting(DecisionRecord::at)
        .containsExactly(NOON + 1);
  }

  @Test
  void exposed_saidTwice_isThereOnceWithTheFirstTime() throws Exception {
    var decision = new Id128(5, 1);
    await(store.expose(new Exposed("shop", decision, List.of("hero", "pro\0mo"), NOON)));
    await(store.expose(new Exposed("shop", decision, List.of("hero"), NOON + 5)));
    await(store.expose(new Exposed("shop", new Id128(5, 2), List.of("hero"), NOON)));
    assertThat(await(store.exposed(List.of(decision))))
        .containsExactlyInAnyOrder(
            new Exposed("shop", decision, List.of("hero"), NOON),
            new Exposed("shop", decision, List.of("pro\uFFFDmo"), NOON));
    assertThat(await(store.exposed(List.of()))).isEmpty();
  }

  @Test
  void reports_repeatedForeignAndUnknown_areToldOfOnceAndNotAtAll() throws Exception {
    var call = call(1, new Id128(1, 2));
    var told = new ArrayList<Reported>();
    var reports =
        new ExposureReports(
            store,
            () -> store.append(List.of(call)), // on its way to the log until it is flushed
            exposures -> told.addAll(exposures.reported()),
            5);
    for (var one :
        List.of(
            new Exposed("shop", call.decision(), List.of("hero"), NOON + 2),
            new Exposed("shop", call.decision(), List.of("hero"), NOON + 2),
            new Exposed("shop", call.decision(), List.of("hero", "promo"), NOON + 3),
            new Exposed("elsewhere", call.decision(), List.of("cta"), NOON + 4),
            new Exposed("shop", new Id128(5, 9), List.of("hero"), NOON + 5),
            new Exposed("shop", call.decision(), List.of("late"), NOON + 6))) {
      await(store.expose(one));
      reports.add(one);
    }
    assertThat(reports.shed()).isEqualTo(1);
    reports.turn();
    Until.untilAsserted(
        "told",
        () ->
            assertThat(told)
                .containsExactly(
                    new Reported(call, List.of("hero"), NOON + 2),
                    new Reported(call, List.of("promo"), NOON + 3)));
    assertThat(reports.unknown()).isEqualTo(2);
  }

  @Test
  void coverage_personalContextualAndElsewhere_countsWhatWasChosenForSomebodyKnown()
      throws Exception {
    var hostile = decision(4, new Id128(1, 4), "brand", "r1");
    var signals = Map.<String, Object>of("traits.name", "a\0b", "segments", List.of("vip"));
    await(
        store.append(
            List.of(
                decision(1, new Id128(1, 1), "brand", "r1"),
                decision(2, null, "brand", "r1"),
                call(3, new Id128(1, 3)),
                having(hostile, signals),
                decision(9, new Id128(1, 9), "brand", "r1"))));
    var coverage = await(store.coverage(new GetCoverage("shop", NOON, NOON + 9)));
    assertThat(coverage)
        .isEqualTo(
            new Coverage(
                4,
                true,
                new Covered("", 3, 2),
                new Covered("", 8, 3),
                List.of(new Covered("home", 6, 2)),
                List.of(new Covered("hero", 4, 3), new Covered("promo", 4, 0)),
                List.of(new Covered("vip", 8, 3))));
    var elsewhere = await(store.coverage(new GetCoverage("other", NOON, NOON + 9)));
    assertThat(elsewhere.decisions()).isZero();
    assertThat(elsewhere.byPage()).isEmpty();
    assertThat(await(store.coverage(new GetCoverage(null, 0, NOON + 10))).decisions()).isEqualTo(5);
  }

  @Test
  void removeBefore_daysBeforeTheFirstKept_goAndTheOthersStay() throws Exception {
    var today = LocalDate.ofInstant(Instant.ofEpochMilli(NOON), ZoneOffset.UTC);
    await(store.prepareDays(today.minusDays(3)));
    int day = (int) Duration.ofDays(1).toMillis();
    await(
        store.append(
            List.of(
                decision(-3 * day, null, "brand", "r1"),
                decision(-2 * day, null, "brand", "r2"),
                decision(0, null, "brand", "r3"))));
    await(store.expose(new Exposed("shop", new Id128(5, 1), List.of("hero"), NOON - 3L * day)));
    assertThat(await(store.removeBefore(today.minusDays(2)))).containsExactly("2026-11-19");
    assertThat(query(ALL)).extracting(DecisionRecord::at).containsExactly(NOON, NOON - 2L * day);
    assertThat(query(ALL)).allMatch(one -> one.choices().getFirst().component().equals("hero"));
    assertThat(count("exposure")).isZero();
    assertThat(await(store.removeBefore(today.minusDays(2)))).isEmpty();
  }

  /** A log that was kept before the layout changed is there afterwards as it was. */
  @Test
  void query_logOfTheEarlierLayout_movedOver() throws Exception {
    var database = TestPostgres.emptyDatabase();
    var folder = Files.createTempDirectory("migrations");
    try (var all = Files.list(Path.of("migrations"))) {
      for (var file : all.toList()) {
        if (file.getFileName().toString().compareTo("V0024") < 0) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
    Migrator.migrate(database, folder);
    TestPostgres.execute(
        database,
        "select ensure_day_partitions('decision', '2026-11-21', 3)",
        """
        insert into decision values ('00000000-0000-0005-0000-000000000001',
          '2026-11-22T12:00:00.001Z', 'shop', 'personalized',
          '00000000-0000-0001-0000-000000000002', 'home', '{hero,promo}', '{hero/brand}', '{r1}',
          7, 'v1', 42,
          '{"choices":[
             {"component":"hero","variant":"brand","strategy":"rule","reasons":
               [{"kind":"rule","key":"r1","text":"rule “r1” shows it"}],
              "confidence":1.0,"propensity":0.5,"fallbackStep":-1},
             {"component":"promo","variant":null,"strategy":"none","reasons":[],
              "confidence":1.0,"propensity":1.0,"fallbackStep":-1}],
            "signals":{"geo.country":"DE","visits":3,"segments":["vip"]}}'),
          ('00000000-0000-0005-0000-000000000002', '2026-11-21T12:00:00Z', 'shop', 'contextual',
           null, '', '{}', '{}', '{}', 0, 'v1', 1,
           '{"choices":[{"component":"a\\u0000b","variant":null,"strategy":"none","reasons":[],
             "confidence":1,"propensity":1,"fallbackStep":-1}],"signals":{}}'),
          ('00000000-0000-0005-0000-000000000003', '2026-11-22T11:00:00Z', 'shop', 'holdout',
           '00000000-0000-0001-0000-000000000002', 'cart', '{}', '{}', '{}', 0, 'v2', 1,
           '{"choices":[],"signals":{}}')
        """);
    Migrator.migrate(database, Path.of("migrations"));
    await(pool.close());
    pool = Pg.pool(vertx, database.connectOptions(), "test", 1);
    store = new PgDecisionStore(pool);
    await(store.prepareDays(LocalDate.ofInstant(Instant.ofEpochMilli(NOON), ZoneOffset.UTC)));
    var known = decision(1, new Id128(1, 2), "brand", "r1");
    assertThat(query(ALL).getFirst())
        .usingRecursiveComparison()
        .ignoringFields("choices.draw") // of which that layout knew nothing
        .isEqualTo(known);
    assertThat(query(ALL).getLast().choices().getFirst().component()).isEqualTo("a\uFFFDb");
    assertThat(numbers(new QueryDecisions(null, null, "hero", "brand", "r1", null, null, 9)))
        .containsExactly(1L);
    assertThat(numbers(new QueryDecisions(null, new Id128(1, 2), null, null, null, null, null, 9)))
        .containsExactly(1L, 3L);
    var id = new Id128(5, 3);
    assertThat(await(store.find(List.of(id))))
        .containsExactly(
            new DecisionRecord(
                id,
                Instant.parse("2026-11-22T11:00:00Z").toEpochMilli(),
                "shop",
                Mode.HOLDOUT,
                new Id128(1, 2),
                "cart",
                List.of(),
                Map.of(),
                0,
                "v2",
                1));
    assertThat(count("decision_batch")).isEqualTo(2);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
