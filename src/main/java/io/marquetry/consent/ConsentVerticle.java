package io.marquetry.consent;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.ConsentMessage.ListConsents;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.consent.core.ConsentLedger;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.follow.Site;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Pg;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Wires the consent ledger to the bus and to its receipts. One instance. */
public final class ConsentVerticle extends VerticleBase {
  private static final int CONNECTIONS = 2;
  private static final int MAX_PAGE = 10_000;

  private final ComponentContext component;
  private final Function<Vertx, ConsentStore> stores;
  private final ConsentLedger ledger = new ConsentLedger();
  private Map<String, Site> sites = Map.of();
  private Wiring wiring;

  /** What {@link #start} makes. */
  private record Wiring(
      Bus bus, ConsentStore store, Journal journal, Propagation propagation, Changes changes) {}

  public ConsentVerticle(ComponentContext component) {
    this(
        component,
        vertx -> new PgConsentStore(Pg.pool(vertx, component.database(), "consent", CONNECTIONS)));
  }

  @SuppressWarnings("NullAway.Init") // a verticle's fields are made in start()
  ConsentVerticle(ComponentContext component, Function<Vertx, ConsentStore> stores) {
    this.component = component;
    this.stores = stores;
  }

  @Override
  public Future<?> start() {
    var config = ConsentConfig.from(component);
    wiring = wire(config);
    return wiring
        .journal()
        .load()
        .compose(loaded -> follow().start())
        .compose(defined -> serve())
        .onSuccess(
            serving -> {
              lease();
              vertx.setPeriodic(config.leaseEvery().toMillis(), tick -> lease());
            });
  }

  private Wiring wire(ConsentConfig config) {
    var bus = Bus.of(vertx);
    var store = stores.apply(vertx);
    var propagation = new Propagation(vertx, bus, component, config.confirmWithin());
    var journal =
        new Journal(store, ledger, new SecureRandom(), config.maxWaiting(), propagation::tell);
    var changes = new Changes(bus, ledger, journal, component, this::fallback);
    return new Wiring(bus, store, journal, propagation, changes);
  }

  private CatalogueFollower follow() {
    return new CatalogueFollower(
        wiring.bus(),
        "consent",
        component.instance(),
        catalogue -> {
          define(catalogue);
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<?> stop() {
    wiring.propagation().stop();
    return wiring.bus().leave().eventually(() -> wiring.store().close());
  }

  private void define(Catalogue catalogue) {
    sites = Site.all(catalogue);
  }

  private Purposes fallback(String site) {
    var known = sites.get(site);
    return known == null ? Purposes.NONE : known.defaults();
  }

  private void lease() {
    wiring.bus().publish(Addresses.CONSENT_LEASE, new ConsentLease(ledger.version()));
  }

  private Future<?> serve() {
    var bus = wiring.bus();
    return Future.all(
        List.of(
            bus.serve(Addresses.SET_CONSENT, wiring.changes()::set),
            bus.serve(Addresses.RECONCILE_CONSENT, wiring.changes()::reconcile),
            bus.serve(Addresses.GET_CONSENT, asked -> Future.succeededFuture(get(asked))),
            bus.serve(Addresses.CONSENTS, asked -> Future.succeededFuture(list(asked))),
            bus.serve(
                Addresses.ping("consent").to(component.instance()),
                asked -> Future.succeededFuture(pong()))));
  }

  private ConsentState get(GetConsent asked) {
    return ledger.state(Changes.given(asked.user(), asked.device()), fallback(asked.site()));
  }

  private Consents list(ListConsents asked) {
    int limit = Math.clamp(asked.limit(), 1, MAX_PAGE);
    return new Consents(ledger.after(asked.afterVersion(), limit));
  }

  private Pong pong() {
    var trouble = wiring.journal().trouble();
    int late = wiring.propagation().retrying();
    if (trouble.isEmpty() && late > 0) {
      trouble = late + " confirmations of consent changes are outstanding";
    }
    return new Pong(
        "consent", component.instance(), trouble.isEmpty() ? "ready" : "degraded: " + trouble, 0);
  }
}
