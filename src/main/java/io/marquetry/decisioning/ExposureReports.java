package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.ExposuresReported;
import io.marquetry.bus.DecisionLogMessage.Reported;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Finds out of which decisions exposures are reported, and tells of them.
 *
 * <p>A report may come before its decision is in the log, from whichever instance made it, and days
 * after it. So the log is asked, for many at once, after everything on its way is in it; nothing of
 * a decision has to be remembered until then. A report that is not the first, not of the caller's
 * site or of no decision is passed over. Those that wait when the process dies are stored, but not
 * told of.
 */
final class ExposureReports {
  private static final int AT_ONCE = 500;

  private final DecisionStore store;
  private final Supplier<Future<?>> flushed;
  private final Consumer<ExposuresReported> feed;
  private final int capacity;
  private final Queue<Exposed> waiting = new ArrayDeque<>();
  private boolean looking;
  private long shed;
  private long unknown;

  /**
   * @param flushed writes down every decision made so far
   * @param feed is told of what was found
   * @param capacity most reports that wait; more are shed and counted
   */
  ExposureReports(
      DecisionStore store,
      Supplier<Future<?>> flushed,
      Consumer<ExposuresReported> feed,
      int capacity) {
    this.store = store;
    this.flushed = flushed;
    this.feed = feed;
    this.capacity = capacity;
  }

  /** Takes over a report that is stored. */
  void add(Exposed exposed) {
    if (waiting.size() < capacity) {
      waiting.add(exposed);
    } else {
      shed++;
    }
  }

  /** Looks for what waits; it waits on where the log gives no answer. */
  void turn() {
    if (looking || waiting.isEmpty()) {
      return;
    }
    looking = true;
    var batch = waiting.stream().limit(AT_ONCE).toList();
    find(batch)
        .onSuccess(
            told -> {
              batch.forEach(done -> waiting.remove());
              if (!told.reported().isEmpty()) {
                feed.accept(told);
              }
            })
        .onComplete(done -> looking = false);
  }

  private Future<ExposuresReported> find(List<Exposed> batch) {
    var ids = batch.stream().map(Exposed::decision).distinct().toList();
    return flushed
        .get()
        .otherwiseEmpty()
        .compose(done -> store.find(ids))
        .compose(found -> store.exposed(ids).map(first -> match(batch, found, first)));
  }

  private ExposuresReported match(
      List<Exposed> batch, List<DecisionRecord> found, List<Exposed> first) {
    var decisions = new HashMap<Id128, DecisionRecord>();
    found.forEach(decision -> decisions.put(decision.decision(), decision));
    var beginnings = new HashMap<Showing, Long>();
    for (var exposed : first) {
      exposed
          .components()
          .forEach(
              component ->
                  beginnings.put(new Showing(exposed.decision(), component), exposed.at()));
    }
    var told = new HashSet<Showing>();
    var reported = new ArrayList<Reported>();
    for (var exposed : batch) {
      var decision = decisions.get(exposed.decision());
      if (decision == null || !decision.site().equals(exposed.site())) {
        unknown++;
        continue;
      }
      var components = fresh(exposed, beginnings, told);
      if (!components.isEmpty()) {
        reported.add(new Reported(decision, components, exposed.at()));
      }
    }
    return new ExposuresReported(reported);
  }

  private record Showing(Id128 decision, String component) {}

  private static List<String> fresh(
      Exposed exposed, Map<Showing, Long> beginnings, Set<Showing> told) {
    return exposed.components().stream()
        .filter(
            component -> {
              var showing = new Showing(exposed.decision(), component);
              var beginning = beginnings.get(showing);
              return beginning != null && beginning == exposed.at() && told.add(showing);
            })
        .toList();
  }

  /** Reports that found no room. */
  long shed() {
    return shed;
  }

  /** Reports of decisions that nobody made for that site. */
  long unknown() {
    return unknown;
  }
}
