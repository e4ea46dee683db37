package io.marquetry.identity;

import static io.marquetry.follow.Contexts.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.ConsentMessage.Reconcile;
import io.marquetry.bus.IdentityMessage.GetCheckpoint;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.Link;
import io.marquetry.bus.IdentityMessage.Linked;
import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.follow.Contexts;
import io.marquetry.identity.core.Events;
import io.marquetry.kit.Id128;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class IdentityVerticleTest {
  private static final Id128 PHONE = new Id128(1, 1);
  private static final Id128 LAPTOP = new Id128(1, 2);
  private static final Id128 ANNA = new Id128(2, 1);

  private final Database database = TestPostgres.freshDatabase();
  private Bus bus;
  private Vertx vertx;

  @BeforeEach
  void install(Vertx vertx) {
    Bus.install(vertx);
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
  }

  @Test
  void link_restarted_knowsWhatItKnewAndGivesTheSame() throws Exception {
    var events = List.of(event(1, PHONE, ANNA), event(2, LAPTOP, null), event(3, LAPTOP, ANNA));
    var id = deploy("identity");
    var first = link(events);
    assertThat(first.profiles()).containsExactly(PHONE, LAPTOP, PHONE);
    assertThat(first.merges()).containsExactly(new Merge(3, LAPTOP, PHONE, "identify"));
    await(vertx.undeploy(id));

    deploy("identity");
    assertThat(await(bus.ask(Addresses.IDENTITY_CHECKPOINT, new GetCheckpoint())).position())
        .isEqualTo(3);
    assertThat(link(events)).as("replayed").isEqualTo(first);
    assertThat(link(List.of(event(4, LAPTOP, null))).profiles()).containsExactly(PHONE);
    var known = await(bus.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(LAPTOP))));
    assertThat(known.profile()).isEqualTo(PHONE);
    assertThat(known.keys()).containsExactlyInAnyOrder(LAPTOP, PHONE, ANNA);
  }

  @Test
  void link_eventsThatTeachNothing_moveTheCheckpointToo() throws Exception {
    var id = deploy("identity");
    link(List.of(event(7, PHONE, null)));
    await(vertx.undeploy(id));
    deploy("identity");
    assertThat(await(bus.ask(Addresses.IDENTITY_CHECKPOINT, new GetCheckpoint())).position())
        .isEqualTo(7);
  }

  @Test
  void link_merge_isAnsweredWhenConsentIsOne() throws Exception {
    var asked = Promise.<Reconcile>promise();
    var reconciled = Promise.<Done>promise();
    await(
        bus.serve(
            Addresses.RECONCILE_CONSENT,
            question -> {
              asked.tryComplete(question);
              return reconciled.future();
            }));
    deploy("identity", "consent");
    var linked =
        bus.ask(Addresses.LINK, new Link(List.of(event(1, PHONE, ANNA), event(2, LAPTOP, ANNA))));
    var question = await(asked.future());
    assertThat(question.site()).isEqualTo("shop");
    assertThat(question.keys()).containsExactlyInAnyOrder(PHONE, LAPTOP, ANNA);
    await(bus.ask(Addresses.ping("identity").to(0), new Ping()));
    assertThat(linked.isComplete()).isFalse();
    reconciled.complete(Done.DONE);
    assertThat(await(linked).merges()).hasSize(1);
  }

  @Test
  void link_consentRefusesAtFirst_goesOnAndIsAskedAgain() throws Exception {
    var times = new AtomicInteger();
    BlockingQueue<Reconcile> later = new LinkedBlockingQueue<>();
    await(
        bus.serve(
            Addresses.RECONCILE_CONSENT,
            question -> {
              if (times.incrementAndGet() == 1) {
                throw new Refused(Refused.Reason.UNAVAILABLE, "not now");
              }
              later.add(question);
              return Future.succeededFuture(Done.DONE);
            }));
    deploy("identity", "consent");
    assertThat(link(List.of(event(1, PHONE, ANNA))).profiles()).containsExactly(PHONE);
    var again = later.poll(10, TimeUnit.SECONDS);
    assertThat(again).isNotNull();
    assertThat(again.keys()).containsExactlyInAnyOrder(PHONE, ANNA);
  }

  @Test
  void resolve_noConsentComponent_givesNoProfile() throws Exception {
    await(bus.serve(Addresses.CATALOGUE, q -> Future.succeededFuture(site("granted"))));
    deploy("identity");
    assertThat(resolve(PHONE, null, false)).isEqualTo(VisitorRef.UNKNOWN);
  }

  @Test
  void resolve_byConsentOfAnyIdentifier_givesTheProfileOrNot() throws Exception {
    await(bus.serve(Addresses.CATALOGUE, q -> Future.succeededFuture(site("granted"))));
    serveConsents(
        record(1, Purposes.ALL, true, LAPTOP),
        record(2, Purposes.NONE.with(Purpose.ANALYTICS), true, ANNA));
    deploy("identity", "consent");
    assertThat(resolve(PHONE, null, false)).isEqualTo(new VisitorRef(PHONE, Purposes.ALL, 0));
    assertThat(resolve(LAPTOP, null, false)).isEqualTo(new VisitorRef(LAPTOP, Purposes.ALL, 1));
    var denied = new VisitorRef(null, Purposes.NONE.with(Purpose.ANALYTICS), 2);
    assertThat(resolve(LAPTOP, ANNA, false)).isEqualTo(denied);
    link(List.of(event(1, PHONE, ANNA)));
    assertThat(resolve(PHONE, null, false)).as("the owner's choice counts").isEqualTo(denied);
  }

  @Test
  void resolve_optOutSignal_stopsPersonalizationWhereTheSiteSaysSo() throws Exception {
    var strict = new Id128(5, 5);
    await(bus.serve(Addresses.CATALOGUE, q -> Future.succeededFuture(site("granted"))));
    serveConsents(record(1, Purposes.ALL, true, strict));
    deploy("identity", "consent");
    var lessMarketing = Purposes.ALL.without(Purpose.MARKETING);
    assertThat(resolve(PHONE, null, true)).isEqualTo(new VisitorRef(PHONE, lessMarketing, 0));
    var inStrict = new Resolve("strict", PHONE, null, true);
    assertThat(await(bus.ask(Addresses.RESOLVE, inStrict)))
        .isEqualTo(new VisitorRef(null, Purposes.NONE.with(Purpose.ANALYTICS), 0));
    var chosen = new Resolve("strict", strict, null, true);
    assertThat(await(bus.ask(Addresses.RESOLVE, chosen)))
        .isEqualTo(new VisitorRef(strict, Purposes.ALL, 1));
  }

  @Test
  void resolve_consentWithdrawn_isDeniedOnceConfirmed() throws Exception {
    await(bus.serve(Addresses.CATALOGUE, q -> Future.succeededFuture(site("denied"))));
    serveConsents(record(1, Purposes.ALL, true, PHONE));
    deploy("identity", "consent");
    assertThat(resolve(PHONE, null, false).profile()).isEqualTo(PHONE);
    await(bus.ask(Addresses.applyConsent("identity").to(0), record(2, Purposes.NONE, true, PHONE)));
    assertThat(resolve(PHONE, null, false)).isEqualTo(new VisitorRef(null, Purposes.NONE, 2));
  }

  @Test
  void resolve_nobody_isRefused() throws Exception {
    deploy("identity");
    assertThatThrownBy(() -> resolve(null, null, false)).hasCauseInstanceOf(Refused.class);
    assertThatThrownBy(() -> await(bus.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of()))))
        .hasCauseInstanceOf(Refused.class);
  }

  private String deploy(String... running) throws Exception {
    var context = Contexts.of("identity", Map.of(), database.connectOptions(), List.of(running));
    return await(vertx.deployVerticle(new IdentityVerticle(context)));
  }

  private Linked link(List<Logged> events) throws Exception {
    return await(bus.ask(Addresses.LINK, new Link(events)));
  }

  private VisitorRef resolve(@Nullable Id128 device, @Nullable Id128 user, boolean gpc)
      throws Exception {
    return await(bus.ask(Addresses.RESOLVE, new Resolve("shop", device, user, gpc)));
  }

  /** A consent component that lives and has these records. */
  private void serveConsents(ConsentRecord... records) throws Exception {
    var all = new ArrayList<>(List.of(records));
    await(
        bus.serve(
            Addresses.CONSENTS,
            asked ->
                Future.succeededFuture(
                    new Consents(
                        all.stream().filter(r -> r.version() > asked.afterVersion()).toList()))));
    await(bus.serve(Addresses.RECONCILE_CONSENT, q -> Future.succeededFuture(Done.DONE)));
    vertx.setPeriodic(
        100, tick -> bus.publish(Addresses.CONSENT_LEASE, new ConsentLease(all.size())));
  }

  private static ConsentRecord record(
      long version, Purposes purposes, boolean explicit, Id128 key) {
    return new ConsentRecord(List.of(key), "shop", purposes, version, 0, "api", explicit);
  }

  private static Catalogue site(String consentDefault) {
    return new Catalogue(
        "v",
        1,
        List.of(
            new Definition(Kind.SITE, "shop", 1, Map.of("consentDefault", consentDefault)),
            new Definition(
                Kind.SITE,
                "strict",
                1,
                Map.of("consentDefault", consentDefault, "gpcStopsPersonalization", true))),
        List.of());
  }

  private static Logged event(long position, @Nullable Id128 device, @Nullable Id128 user) {
    return new Logged(position, Events.of(position, device, null, user, null));
  }
}
