package io.marquetry.consent;

import static io.marquetry.follow.Contexts.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.Confirmation;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.ConsentSet;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.ConsentMessage.ListConsents;
import io.marquetry.bus.ConsentMessage.Reconcile;
import io.marquetry.bus.ConsentMessage.SetConsent;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.consent.core.Receipt;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.follow.Contexts;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Pg;
import io.marquetry.platform.Ticks;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ConsentVerticleTest {
  private static final Id128 PHONE = new Id128(1, 1);
  private static final Id128 LAPTOP = new Id128(1, 2);
  private static final Id128 ANNA = new Id128(2, 1);
  private static final List<String> EVERYBODY =
      List.of(
          "consent",
          "ingest",
          "identity",
          "segmentation",
          "experimentation",
          "models",
          "decisioning",
          "assembly");

  private final Database database = TestPostgres.freshDatabase();
  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void install(Vertx vertx) {
    Bus.install(vertx);
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
  }

  @Test
  void set_everybodyConfirms_saysWhoAndHowLong() throws Exception {
    var told = Collections.synchronizedList(new ArrayList<String>());
    for (var component : Addresses.CONSENTED) {
      for (int i = 0; i < instances(component); i++) {
        var name = component + "." + i;
        await(
            bus.serve(
                Addresses.applyConsent(component).to(i),
                record -> {
                  told.add(name + " v" + record.version());
                  return Future.succeededFuture(Done.DONE);
                }));
      }
    }
    deploy(Map.of(), EVERYBODY);
    var set = set(PHONE, null, Map.of("analytics", true));
    assertThat(set.complete()).isTrue();
    assertThat(set.version()).isEqualTo(1);
    assertThat(set.purposes()).isEqualTo(Purposes.NONE.with(Purpose.ANALYTICS));
    assertThat(set.components())
        .extracting(Confirmation::name)
        .containsExactlyElementsOf(Addresses.CONSENTED);
    assertThat(set.components())
        .allSatisfy(c -> assertThat(c.millis()).isPositive().isLessThanOrEqualTo(set.millis()));
    assertThat(told)
        .containsExactlyInAnyOrder(
            "ingest.0 v1",
            "identity.0 v1",
            "segmentation.0 v1",
            "segmentation.1 v1",
            "experimentation.0 v1",
            "models.0 v1",
            "decisioning.0 v1",
            "decisioning.1 v1",
            "assembly.0 v1");
  }

  @Test
  void set_oneNeverAnswers_isIncompleteByItsDeadlineAndAskedAgain() throws Exception {
    BlockingQueue<Long> again = new LinkedBlockingQueue<>();
    var times = new AtomicInteger();
    var silence = Promise.<Done>promise();
    await(
        bus.serve(
            Addresses.applyConsent("assembly").to(0),
            record -> {
              again.add(record.version());
              return times.incrementAndGet() == 1
                  ? silence.future()
                  : Future.succeededFuture(Done.DONE);
            }));
    await(
        bus.serve(Addresses.applyConsent("ingest").to(0), r -> Future.succeededFuture(Done.DONE)));
    deploy(Map.of("confirmWithin", "PT0.1S"), List.of("consent", "ingest", "assembly"));
    var set = set(PHONE, null, Map.of("analytics", true));
    assertThat(set.complete()).isFalse();
    assertThat(set.components()).extracting(Confirmation::name).containsExactly("ingest");
    assertThat(set.millis()).isBetween(100.0, 2_000.0);
    assertThat(get(PHONE, null).version()).as("recorded nevertheless").isEqualTo(1);
    assertThat(await(bus.ask(Addresses.ping("consent").to(0), new Ping())).state())
        .startsWith("degraded");
    assertThat(again.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(again.poll(10, TimeUnit.SECONDS)).as("asked again").isEqualTo(1);
  }

  @Test
  void set_nobodyElseRuns_isCompleteAtOnce() throws Exception {
    deploy(Map.of(), List.of("consent"));
    var set = set(PHONE, null, Map.of("analytics", true));
    assertThat(set.complete()).isTrue();
    assertThat(set.components()).isEmpty();
  }

  @Test
  void set_restarted_keepsStateAndGoesOnCounting() throws Exception {
    var id = deploy(Map.of(), List.of("consent"));
    set(PHONE, null, Map.of("analytics", true));
    set(PHONE, null, Map.of("marketing", true));
    var before = get(PHONE, null);
    await(vertx.undeploy(id));
    deploy(Map.of(), List.of("consent"));
    assertThat(get(PHONE, null)).isEqualTo(before);
    assertThat(set(LAPTOP, null, Map.of("analytics", true)).version()).isEqualTo(3);
    assertThat(await(bus.ask(Addresses.ping("consent").to(0), new Ping())).state())
        .isEqualTo("ready");
    assertThat(receipts()).hasSize(3);
  }

  @Test
  void start_receiptAltered_saysSo() throws Exception {
    var id = deploy(Map.of(), List.of("consent"));
    set(PHONE, null, Map.of("analytics", true));
    set(PHONE, null, Map.of("analytics", false));
    await(vertx.undeploy(id));
    TestPostgres.execute(
        database,
        "alter table consent_record disable trigger all",
        "update consent_record set purposes = 7 where version = 2");
    deploy(Map.of(), List.of("consent"));
    assertThat(await(bus.ask(Addresses.ping("consent").to(0), new Ping())).state())
        .isEqualTo("degraded: consent receipts do not verify");
  }

  @Test
  void receipts_changedOrDeleted_areRefusedButForWhoseTheyAre() throws Exception {
    deploy(Map.of(), List.of("consent"));
    set(PHONE, null, Map.of("analytics", true));
    assertThatThrownBy(
            () -> TestPostgres.execute(database, "update consent_record set purposes = 7"))
        .hasMessageContaining("only appended");
    assertThatThrownBy(() -> TestPostgres.execute(database, "delete from consent_record"))
        .hasMessageContaining("only appended");
    TestPostgres.execute(database, "update consent_record set keys = '{}', salt = null");
    assertThat(receipts()).hasSize(1);
  }

  @Test
  void set_identityKnowsMore_holdsForAllOfThem() throws Exception {
    await(
        bus.serve(
            Addresses.IDENTIFIERS,
            asked -> {
              assertThat(asked.keys()).containsExactly(ANNA, PHONE);
              return Future.succeededFuture(new Identifiers(ANNA, List.of(ANNA, PHONE, LAPTOP)));
            }));
    deploy(Map.of(), List.of("consent"));
    set(PHONE, ANNA, Map.of("analytics", true));
    assertThat(get(LAPTOP, null).purposes().allows(Purpose.ANALYTICS)).isTrue();
  }

  @Test
  void reconcile_mergesWithoutWaitingForIngest() throws Exception {
    var told = Promise.<ConsentRecord>promise();
    await(
        bus.serve(
            Addresses.applyConsent("ingest").to(0),
            record -> {
              if (record.source().equals("merge")) {
                told.tryComplete(record);
                return Promise.<Done>promise().future();
              }
              return Future.succeededFuture(Done.DONE);
            }));
    deploy(Map.of(), List.of("consent", "ingest"));
    set(PHONE, null, Map.of("analytics", true, "personalization", true));
    set(LAPTOP, null, Map.of("analytics", true));
    await(
        bus.ask(Addresses.RECONCILE_CONSENT, new Reconcile("shop", List.of(PHONE, LAPTOP, ANNA))));
    assertThat(await(told.future()).keys()).containsExactly(PHONE, LAPTOP, ANNA);
    assertThat(get(null, ANNA).purposes()).isEqualTo(Purposes.NONE.with(Purpose.ANALYTICS));
    assertThat(get(PHONE, null).purposes()).isEqualTo(Purposes.NONE.with(Purpose.ANALYTICS));
  }

  @Test
  void set_databaseGone_changesNothingAndRecovers() throws Exception {
    deploy(Map.of(), List.of("consent"));
    set(PHONE, null, Map.of("analytics", true));
    TestPostgres.execute(database, "alter table consent_record rename to hidden");
    assertRefused(() -> set(PHONE, null, Map.of("analytics", false)), Refused.Reason.UNAVAILABLE);
    assertRefused(() -> set(PHONE, null, Map.of("analytics", false)), Refused.Reason.UNAVAILABLE);
    assertThat(get(PHONE, null).purposes().allows(Purpose.ANALYTICS)).isTrue();
    TestPostgres.execute(database, "alter table hidden rename to consent_record");
    assertThat(set(PHONE, null, Map.of("analytics", false)).version()).isEqualTo(2);
    assertThat(receipts()).hasSize(2);
  }

  /** A commit whose confirmation was lost looks like a row we did not know of. */
  @Test
  void set_afterACommitWeDidNotHearOf_takesItOverAndTellsEverybody() throws Exception {
    BlockingQueue<ConsentRecord> told = new LinkedBlockingQueue<>();
    await(
        bus.serve(
            Addresses.applyConsent("ingest").to(0),
            record -> {
              told.add(record);
              return Future.succeededFuture(Done.DONE);
            }));
    deploy(Map.of(), List.of("consent", "ingest"));
    set(PHONE, null, Map.of("analytics", true));
    var unheard = new ConsentRecord(List.of(PHONE), "shop", Purposes.NONE, 2, 5, "banner", true);
    await(
        new PgConsentStore(pool())
            .append(List.of(Receipt.after(receipts().getLast().hash(), unheard, ANNA))));
    assertRefused(() -> set(LAPTOP, null, Map.of("analytics", true)), Refused.Reason.UNAVAILABLE);
    assertThat(set(LAPTOP, null, Map.of("analytics", true)).version()).isEqualTo(3);
    assertThat(get(PHONE, null)).isEqualTo(new ConsentState(Purposes.NONE, 2, 5, "banner", true));
    assertThat(told).extracting(ConsentRecord::version).containsExactly(1L, 2L, 3L);
    assertThat(receipts()).hasSize(3);
  }

  @Test
  void set_wrongQuestion_isRefused() throws Exception {
    deploy(Map.of(), List.of("consent"));
    assertRefused(() -> set(null, null, Map.of("analytics", true)), Refused.Reason.INVALID);
    assertRefused(() -> set(PHONE, null, Map.of("analytics", "yes")), Refused.Reason.INVALID);
    assertRefused(() -> set(PHONE, null, Map.of("other", true)), Refused.Reason.INVALID);
    assertThat(get(PHONE, null).version()).isZero();
  }

  @Test
  void lease_whileItLives_isPublishedWithTheNewestVersion() throws Exception {
    BlockingQueue<ConsentLease> leases = new LinkedBlockingQueue<>();
    await(bus.on(Addresses.CONSENT_LEASE, leases::add));
    deploy(Map.of("leaseEvery", "PT0.05S"), List.of("consent"));
    assertThat(leases.poll(5, TimeUnit.SECONDS)).isEqualTo(new ConsentLease(0));
    set(PHONE, null, Map.of("analytics", true));
    ConsentLease lease;
    do {
      lease = leases.poll(5, TimeUnit.SECONDS);
      assertThat(lease).isNotNull();
    } while (lease.version() == 0);
    assertThat(lease).isEqualTo(new ConsentLease(1));
  }

  /** What a component sees of consent from its own event loop. */
  private static final class Witness extends VerticleBase {
    private final String name;
    private ConsentFollower follower;

    @SuppressWarnings("NullAway.Init")
    Witness(String name) {
      this.name = name;
    }

    @Override
    public Future<?> start() {
      follower =
          new ConsentFollower(
              Bus.of(vertx), Ticks.SYSTEM, name, 0, record -> Future.succeededFuture());
      return follower.start();
    }
  }

  @Test
  void set_thousandAtOnce_areOneOrderForEverybodyAndNoWithdrawalIsOvertaken() throws Exception {
    var ingest = new Witness("ingest");
    var assembly = new Witness("assembly");
    await(vertx.deployVerticle(ingest));
    await(vertx.deployVerticle(assembly));
    deploy(Map.of(), List.of("consent", "ingest", "assembly"));
    var random = new Random(3);
    var sets = new ArrayList<Future<ConsentSet>>();
    var gets = new ArrayList<Future<ConsentState>>();
    var devices = new ArrayList<Id128>();
    for (int i = 0; i < 1_000; i++) {
      var device = new Id128(4, random.nextInt(50));
      devices.add(device);
      var choices = Map.<String, Object>of("analytics", random.nextBoolean());
      sets.add(
          bus.ask(
              Addresses.SET_CONSENT, new SetConsent("shop", device, null, choices, "api", true)));
      gets.add(bus.ask(Addresses.GET_CONSENT, new GetConsent("shop", device, null)));
    }
    var last = new HashMap<Id128, ConsentSet>();
    for (int i = 0; i < sets.size(); i++) {
      var set = await(sets.get(i));
      assertThat(set.complete()).isTrue();
      last.merge(devices.get(i), set, (a, b) -> a.version() > b.version() ? a : b);
    }
    Future.all(gets).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(sets).extracting(set -> set.result().version()).doesNotHaveDuplicates();
    assertThat(receipts()).hasSize(1_000);
    for (var entry : last.entrySet()) {
      var keys = List.<@Nullable Id128>of(entry.getKey());
      var purposes = entry.getValue().purposes();
      assertThat(get(entry.getKey(), null).purposes()).isEqualTo(purposes);
      assertThat(ingest.follower.view().purposes("shop", keys)).isEqualTo(purposes);
      assertThat(assembly.follower.view().version(keys)).isEqualTo(entry.getValue().version());
    }
    var listed = await(bus.ask(Addresses.CONSENTS, new ListConsents(0, 10_000))).records();
    assertThat(listed).hasSize(last.size());
  }

  private String deploy(Map<String, Object> config, List<String> running) throws Exception {
    var context = Contexts.of("consent", config, database.connectOptions(), running);
    return await(vertx.deployVerticle(new ConsentVerticle(context)));
  }

  private static int instances(String component) {
    return Contexts.of("consent", Map.of(), new PgConnectOptions(), EVERYBODY)
        .topology()
        .instances(component);
  }

  private ConsentSet set(@Nullable Id128 device, @Nullable Id128 user, Map<String, Object> choices)
      throws Exception {
    return await(
        bus.ask(Addresses.SET_CONSENT, new SetConsent("shop", device, user, choices, "api", true)));
  }

  private ConsentState get(@Nullable Id128 device, @Nullable Id128 user) throws Exception {
    return await(bus.ask(Addresses.GET_CONSENT, new GetConsent("shop", device, user)));
  }

  private Pool pool() {
    return Pg.pool(vertx, database.connectOptions(), "test", 1);
  }

  /** Everything on record, its chain verified. */
  private List<Receipt> receipts() throws Exception {
    var receipts = await(new PgConsentStore(pool()).read(0, 10_000));
    var previous = Receipt.START;
    for (int i = 0; i < receipts.size(); i++) {
      assertThat(receipts.get(i).record().version()).isEqualTo(i + 1);
      assertThat(receipts.get(i).follows(previous)).isTrue();
      previous = receipts.get(i).hash();
    }
    return receipts;
  }

  private static void assertRefused(ThrowingCallable call, Refused.Reason reason) {
    assertThatThrownBy(call)
        .cause()
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }
}
