package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.Removed;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.follow.Retention;
import io.marquetry.platform.ComponentContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only one instance does with the decision log that all write: makes room for the days to
 * come, removes days that are kept no longer, notes what others showed, and answers questions.
 */
final class LogOwner {
  private static final Logger LOG = LoggerFactory.getLogger(LogOwner.class);
  private static final long EVERY_MILLIS = Duration.ofHours(1).toMillis();

  private final Vertx vertx;
  private final Bus bus;
  private final DecisionStore store;
  private final DecisionLog log;
  private final ConsentFollower consent;
  private final ComponentContext component;
  private final ExposureReports reports;

  private Retention retention = Retention.FOR_EVER;

  /**
   * @param mostReports of exposures that wait to be found in the log
   */
  LogOwner(
      Vertx vertx,
      Bus bus,
      DecisionStore store,
      DecisionLog log,
      ConsentFollower consent,
      ComponentContext component,
      int mostReports) {
    this.vertx = vertx;
    this.bus = bus;
    this.store = store;
    this.log = log;
    this.consent = consent;
    this.component = component;
    this.reports =
        new ExposureReports(
            store, this::flushAll, told -> bus.publish(Addresses.EXPOSED, told), mostReports);
  }

  ExposureReports reports() {
    return reports;
  }

  /** Tells of what was reported since the last time. */
  void turn() {
    reports.turn();
  }

  Future<Void> start() {
    vertx.setPeriodic(
        EVERY_MILLIS,
        tick ->
            prepareDays()
                .compose(ready -> removeOld())
                .onFailure(e -> LOG.warn("old decisions could not be removed: {}", e.toString())));
    return prepareDays();
  }

  /** Without its day a decision lands in the net below all days, so failing here is no harm yet. */
  private Future<Void> prepareDays() {
    return store
        .prepareDays(today())
        .onFailure(e -> LOG.warn("no room could be made in the decision log: {}", e.toString()))
        .otherwiseEmpty();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(component.clock().instant(), ZoneOffset.UTC);
  }

  /** Takes over how long decisions are kept. */
  void define(Catalogue catalogue) {
    retention = Retention.of(catalogue, "decisions");
  }

  private Future<Removed> removeOld() {
    if (retention.isForEver()) {
      return Future.succeededFuture(new Removed(List.of()));
    }
    return store
        .removeBefore(retention.firstKept(component.clock().instant()))
        .onSuccess(
            days -> {
              if (!days.isEmpty()) {
                LOG.info("decisions of {} were removed; {} days are kept", days, retention.days());
              }
            })
        .map(Removed::new);
  }

  Future<?> serve() {
    return Future.all(
        bus.serve(Addresses.QUERY_DECISIONS, this::query),
        bus.serve(Addresses.COVERAGE, asked -> flushAll().compose(done -> store.coverage(asked))),
        bus.serve(Addresses.EXPOSE, this::expose),
        bus.serve(Addresses.RUN_RETENTION, asked -> removeOld()));
  }

  private Future<Done> expose(Exposed exposed) {
    return store.find(List.of(exposed.decision())).compose(found -> expose(exposed, found));
  }

  /**
   * Stores nothing of who has withdrawn, and says so to nobody. A decision that is not found is on
   * its way to the log, where a withdrawal took the visitor out of it, or nobody's.
   */
  private Future<Done> expose(Exposed exposed, List<DecisionRecord> found) {
    if (consent.view().late(consent.now())) {
      return Future.failedFuture(
          new Refused(Refused.Reason.UNAVAILABLE, "what visitors allow is not known now"));
    }
    return found.stream().allMatch(this::isAllowed)
        ? store.expose(exposed).onSuccess(stored -> reports.add(exposed)).map(Done.DONE)
        : Future.succeededFuture(Done.DONE);
  }

  private boolean isAllowed(DecisionRecord decision) {
    var visitor = decision.profile();
    return visitor == null || consent.allows(Purpose.PERSONALIZATION, decision.site(), visitor);
  }

  /** Finds what was decided up to now. */
  Future<Decisions> query(QueryDecisions asked) {
    return flushAll()
        .compose(flushed -> store.query(asked))
        .compose(
            decisions ->
                store
                    .exposed(decisions.stream().map(DecisionRecord::decision).toList())
                    .map(exposed -> new Decisions(decisions, exposed)));
  }

  /** Whoever asks finds what was decided before, also by the other instances of this process. */
  private Future<?> flushAll() {
    var asked = new QueryDecisions(null, null, null, null, null, null, null, 1);
    var flushed = new ArrayList<Future<?>>();
    flushed.add(log.flush());
    for (int other = 1; other < component.instances(); other++) {
      flushed.add(bus.ask(Addresses.QUERY_DECISIONS.to(other), asked));
    }
    return Future.join(flushed).otherwiseEmpty();
  }
}
