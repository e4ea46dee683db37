package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.ExposuresReported;
import io.marquetry.bus.DecisioningMessage.CacheState;
import io.marquetry.bus.DecisioningMessage.GetAllocations;
import io.marquetry.bus.DecisioningMessage.VisitorsChanged;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.decisioning.core.CacheFingerprint;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Pg;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Wires deciding to the bus: who asks, what changes, where the log goes. */
public final class DecisioningVerticle extends VerticleBase {
  private static final String NAME = "decisioning";
  private static final int CONNECTIONS = DecisionLog.AT_ONCE + 1;
  private static final int PAGES_A_TURN = 4;

  private final ComponentContext component;
  private final Function<Vertx, DecisionStore> stores;
  private DecisioningConfig config;
  private Bus bus;
  private DecisionStore store;
  private DecisionLog log;
  private LogOwner owner;
  private ConsentFollower consent;
  private Visitors visitors;
  private ProfileRecall recall;
  private ShownLately shown;
  private Decider decider;
  private ProfileLoader loader;

  public DecisioningVerticle(ComponentContext component) {
    this(
        component,
        vertx -> new PgDecisionStore(Pg.pool(vertx, component.database(), NAME, CONNECTIONS)));
  }

  @SuppressWarnings("NullAway.Init") // a verticle's fields are made in start()
  DecisioningVerticle(ComponentContext component, Function<Vertx, DecisionStore> stores) {
    this.component = component;
    this.stores = stores;
  }

  @Override
  public Future<?> start() {
    config = DecisioningConfig.from(component);
    bus = Bus.of(vertx);
    store = stores.apply(vertx);
    log =
        new DecisionLog(
            store::append,
            made -> bus.publish(Addresses.DECISIONS_MADE, made),
            config.maxLogged(),
            config.logBatch());
    consent = new ConsentFollower(bus, component.ticks(), NAME, component.instance(), this::settle);
    owner = new LogOwner(vertx, bus, store, log, consent, component, config.maxLogged());
    visitors =
        new Visitors(
            component.instance(),
            component.instances(),
            consent.view(),
            config.maxVisitors(),
            turned -> tell(List.of(turned)));
    recall = new ProfileRecall(vertx, bus, segmentations(), config.recallMillis(), visitors::take);
    shown = new ShownLately(vertx, store, log, visitors::owns, config.maxCapped());
    var scores = new PageScores(vertx, bus, config.pageBudgetMillis());
    decider = new Decider(visitors, recall, shown, scores, log, component);
    loader =
        new ProfileLoader(
            vertx,
            component.ticks(),
            bus,
            visitors,
            component.instance(),
            component.instances(),
            segmentations());
    var figures = new DecisioningFigures(component.instance());
    figures.show(visitors.cache());
    figures.show(visitors);
    figures.show(recall);
    figures.show(loader);
    figures.show(shown.exposures());
    figures.show(log);
    if (ownsLog()) {
      figures.show(owner.reports());
    }
    figures.show(scores);
    vertx.setPeriodic(config.logEveryMillis(), tick -> turn());
    var catalogue = new CatalogueFollower(bus, NAME, component.instance(), this::define);
    return (ownsLog() ? owner.start() : Future.<Void>succeededFuture())
        .compose(ready -> catalogue.start())
        .compose(ready -> consent.start())
        .compose(ready -> bus.on(Addresses.PROFILES_CHANGED, this::change))
        .compose(ready -> bus.on(Addresses.PROFILES_TURNING, visitors::turn))
        .compose(ready -> bus.on(Addresses.ALLOCATIONS, decider::allocate))
        .compose(ready -> bus.on(Addresses.EXPOSED, this::count))
        .compose(ready -> serve())
        .onSuccess(ready -> askAllocations())
        .onSuccess(ready -> loader.start());
  }

  @Override
  public Future<?> stop() {
    loader.stop();
    return bus.leave().compose(left -> log.flush()).otherwiseEmpty().eventually(store::close);
  }

  /** What callers showed counts for those who still allow it. */
  private void count(ExposuresReported told) {
    for (var one : told.reported()) {
      var visitor = one.decision().profile();
      if (visitor != null
          && visitors.owns(visitor)
          && consent.allows(Purpose.PERSONALIZATION, one.decision().site(), visitor)) {
        shown.count(visitor, one);
      }
    }
  }

  private void turn() {
    log.turn();
    owner.turn();
  }

  /** Until there is an answer, and where nobody learns, the arms of a bandit share alike. */
  private void askAllocations() {
    bus.ask(Addresses.GET_ALLOCATIONS, new GetAllocations()).onSuccess(decider::allocate);
  }

  private int segmentations() {
    return Math.max(1, component.topology().instances("segmentation"));
  }

  private void change(ProfilesChanged changed) {
    changed.gone().forEach(recall::forget);
    changed.gone().forEach(shown.exposures()::forget);
    tell(visitors.change(changed));
  }

  private void tell(List<Id128> altered) {
    if (!altered.isEmpty()) {
      bus.publish(Addresses.VISITORS_CHANGED, new VisitorsChanged(altered));
    }
  }

  private boolean ownsLog() {
    return component.instance() == 0;
  }

  private Future<Void> define(Catalogue catalogue) {
    consent.defaults(catalogue);
    decider.define(catalogue);
    owner.define(catalogue);
    return Future.succeededFuture();
  }

  /** What is written under the older consent is through, and what waits names nobody. */
  private Future<Void> settle(ConsentRecord record) {
    visitors.consent(record);
    shown.consent(record);
    tell(record.keys());
    return log.forget(record);
  }

  private Future<?> serve() {
    int instance = component.instance();
    var served = new ArrayList<Future<?>>();
    served.add(bus.serve(Addresses.DECIDE.to(instance), decider::decide));
    served.add(
        bus.serve(
            Addresses.ping(NAME).to(instance),
            ask -> Future.succeededFuture(new Pong(NAME, instance, state(), log.waiting()))));
    served.add(bus.serve(Addresses.CACHE.to(instance), asked -> cache()));
    if (ownsLog()) {
      served.add(owner.serve());
      var replays = new Replays(bus, owner::query, decider);
      served.add(bus.serve(Addresses.REPLAY_DECISION, replays::replay));
    } else {
      served.add(bus.serve(Addresses.QUERY_DECISIONS.to(instance), asked -> flush()));
    }
    return Future.all(served);
  }

  private Future<CacheState> cache() {
    var answer = Promise.<CacheState>promise();
    fingerprint(visitors.cache().fingerprint(), answer);
    return answer.future();
  }

  private void fingerprint(CacheFingerprint fingerprint, Promise<CacheState> answer) {
    boolean more = true;
    for (int page = 0; more && page < PAGES_A_TURN; page++) {
      more = fingerprint.next();
    }
    if (more) {
      vertx.runOnContext(later -> fingerprint(fingerprint, answer));
      return;
    }
    var cache = visitors.cache();
    answer.complete(
        new CacheState(
            cache.size(),
            cache.distinctSets(),
            cache.bytes(),
            cache.evicted(),
            fingerprint.value()));
  }

  private String state() {
    if (log.failing()) {
      return "degraded: the decision log takes nothing; " + (log.shed() + log.lost()) + " lost";
    }
    if (visitors.loaded()) {
      return "ready";
    }
    return loader.unanswered()
        ? "degraded: segmentation gives no answer; deciding by the request alone"
        : "loading";
  }

  /** Under its number an instance writes down what waits with it, and has no more to tell. */
  private Future<Decisions> flush() {
    return log.flush().otherwiseEmpty().map(new Decisions(List.of()));
  }
}
