package io.marquetry.experimentation;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ExperimentationMessage.EvaluatePolicy;
import io.marquetry.bus.ExperimentationMessage.GetBanditHistory;
import io.marquetry.bus.ExperimentationMessage.Purged;
import io.marquetry.bus.ExperimentationMessage.Report;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.experimentation.core.Bandit;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.follow.Retention;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Pg;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires learning to the bus: what was shown, what came of it, and how to divide visitors next. */
public final class ExperimentationVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ExperimentationVerticle.class);
  private static final String NAME = "experimentation";
  private static final int CONNECTIONS = 2;
  private static final int MOST_HISTORY = 500;
  private static final int MOST_EVALUATED = 200_000;
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long PURGE_EVERY = Duration.ofMinutes(10).toMillis();

  private final ComponentContext component;
  private ExperimentationConfig config;
  private Bus bus;
  private PgBanditStore store;
  private ConsentFollower consent;
  private Exposures exposures;
  private RewardReader rewards;
  private ShareChecks checks;
  private Epochs epochs;
  private Retention retention = Retention.FOR_EVER;
  private List<String> problems = List.of();
  private Future<Void> turning = Future.succeededFuture();
  private String failing = "";

  @SuppressWarnings("NullAway.Init") // a verticle's fields are made in start()
  public ExperimentationVerticle(ComponentContext component) {
    this.component = component;
  }

  @Override
  public Future<?> start() {
    config = ExperimentationConfig.from(component);
    bus = Bus.of(vertx);
    store = new PgBanditStore(Pg.pool(vertx, component.database(), NAME, CONNECTIONS));
    consent = new ConsentFollower(bus, component.ticks(), NAME, component.instance(), this::settle);
    exposures = new Exposures(store, consent, config.maxExposures());
    rewards = new RewardReader(bus, store, consent, component.clock(), config.logPage());
    checks = new ShareChecks();
    epochs =
        new Epochs(
            vertx,
            store,
            checks,
            tables -> bus.publish(Addresses.ALLOCATIONS, tables),
            config.graceMillis());
    new ExperimentationFigures().show(exposures, rewards, epochs, checks);
    var catalogue = new CatalogueFollower(bus, NAME, component.instance(), this::define);
    return store
        .checkpoint()
        .onSuccess(rewards::startAt)
        .compose(done -> store.latest())
        .onSuccess(epochs::load)
        .compose(done -> catalogue.start())
        .compose(done -> consent.start())
        .compose(
            done ->
                bus.on(Addresses.DECISIONS_MADE, made -> exposures.take(made, epochs.bandits())))
        .compose(done -> bus.on(Addresses.EXPOSED, told -> exposures.take(told, epochs.bandits())))
        .compose(done -> serve())
        .onSuccess(done -> vertx.setPeriodic(config.everyMillis(), tick -> turn()))
        .onSuccess(done -> vertx.setPeriodic(PURGE_EVERY, tick -> purge()));
  }

  @Override
  public Future<?> stop() {
    return bus.leave()
        .compose(left -> turning.otherwiseEmpty())
        .compose(done -> exposures.flush())
        .otherwiseEmpty()
        .eventually(store::close);
  }

  private Future<Void> serve() {
    return Future.all(
            List.of(
                bus.serve(
                    Addresses.GET_ALLOCATIONS, ask -> Future.succeededFuture(epochs.tables())),
                bus.serve(
                    Addresses.BANDITS,
                    ask -> Future.succeededFuture(new Report(known(ask.bandit())))),
                bus.serve(Addresses.BANDIT_HISTORY, this::history),
                bus.serve(Addresses.EVALUATE_POLICY, this::evaluate),
                bus.serve(Addresses.PURGE_BANDITS, ask -> purge()),
                bus.serve(
                    Addresses.ping(NAME).to(component.instance()),
                    ping -> Future.succeededFuture(pong()))))
        .mapEmpty();
  }

  private Future<Void> define(Catalogue catalogue) {
    var found = new ArrayList<String>();
    epochs.define(Bandit.of(catalogue, found));
    if (!found.equals(problems)) {
      found.forEach(problem -> LOG.warn("{}", problem));
    }
    problems = found;
    consent.defaults(catalogue);
    retention = Retention.of(catalogue, "bandits");
    // Whoever put a bandit finds it at work; without the store it starts as soon as there is one.
    return inTurn(() -> epochs.turn(component.clock().millis(), rewards.through()))
        .otherwiseEmpty();
  }

  private void turn() {
    if (!turning.isComplete()) {
      return;
    }
    // What is due now has its exposure stored and its rewards read before it is settled.
    long now = component.clock().millis();
    var unused =
        inTurn(
            () ->
                exposures
                    .flush()
                    .onSuccess(checks::take)
                    .compose(done -> read())
                    .compose(done -> epochs.turn(now, rewards.through())));
  }

  private Future<Void> read() {
    boolean possible = component.topology().runs("ingest") && component.topology().runs("identity");
    return possible ? rewards.read(epochs.bandits()) : Future.succeededFuture();
  }

  /** One thing after the other: what is settled must be stored and read before. */
  private Future<Void> inTurn(java.util.function.Supplier<Future<Void>> work) {
    turning =
        turning
            .otherwiseEmpty()
            .compose(done -> work.get())
            .onSuccess(done -> failing = "")
            .onFailure(this::complain);
    return turning;
  }

  private void complain(Throwable failure) {
    if (failing.isEmpty()) {
      LOG.warn("bandits wait: {}", failure.toString());
    }
    failing = String.valueOf(failure.getMessage());
  }

  /** Whatever may still have its reward stays, however short things are kept. */
  private Future<Purged> purge() {
    long now = component.clock().millis();
    long inUse =
        now
            - config.graceMillis()
            - epochs.bandits().values().stream()
                .mapToLong(bandit -> bandit.spec().window())
                .max()
                .orElse(0);
    var today = component.clock().instant();
    long kept =
        retention.isForEver() ? now - config.retention().toMillis() : retention.keptSince(today);
    return store
        .purge(Math.min(kept, inUse), inUse - DAY, retention.keptSince(today))
        .onFailure(failure -> LOG.warn("old exposures stay: {}", failure.toString()));
  }

  /** After a withdrawal nothing of the visitor is kept here, nor on its way. */
  private Future<Void> settle(ConsentRecord record) {
    if (record.purposes().allows(Purpose.PERSONALIZATION)) {
      return Future.succeededFuture();
    }
    exposures.forget(record);
    return inTurn(
        () -> {
          exposures.forget(record); // what a turn of before could not store waits again
          return store.forget(record.keys());
        });
  }

  private Map<String, Object> known(@org.jspecify.annotations.Nullable String key) {
    if (key != null && !epochs.bandits().containsKey(key)) {
      throw new Refused(Reason.NOT_FOUND, "key", "there is no bandit " + key);
    }
    return epochs.view(key, component.clock().millis());
  }

  private Future<Report> history(GetBanditHistory asked) {
    return store
        .history(asked.bandit(), Math.clamp(asked.limit(), 1, MOST_HISTORY))
        .map(
            found -> new Report(Map.of("epochs", found.stream().map(BanditViews::epoch).toList())));
  }

  private Future<Report> evaluate(EvaluatePolicy asked) {
    var bandit = asked.bandit();
    if (!epochs.bandits().containsKey(bandit) && epochs.latest(bandit) == null) {
      throw new Refused(Reason.NOT_FOUND, "bandit", "there is no bandit " + bandit);
    }
    var latest = epochs.latest(bandit);
    var trial = new PolicyTrial(bandit, latest == null ? null : latest.table(), asked.policy());
    long from = asked.from() == null ? Long.MIN_VALUE : asked.from();
    long to = asked.to() == null ? Long.MAX_VALUE : asked.to();
    return store
        .settled(bandit, from, to, MOST_EVALUATED)
        .compose(settled -> vertx.executeBlocking(() -> trial.run(settled), false))
        .map(Report::new);
  }

  private Pong pong() {
    return new Pong(NAME, component.instance(), state(), exposures.waiting());
  }

  private String state() {
    if (!failing.isEmpty()) {
      return "degraded: bandits keep their shares: " + failing;
    }
    var fault = epochs.fault(component.clock().millis());
    if (fault != null) {
      return "degraded: " + fault;
    }
    return problems.isEmpty() ? "ready" : "degraded: " + problems.getFirst();
  }
}
