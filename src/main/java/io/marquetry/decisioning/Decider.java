package io.marquetry.decisioning;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Allocations;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.decisioning.Visitors.Standing;
import io.marquetry.decisioning.core.Basis;
import io.marquetry.decisioning.core.DecisionEngine;
import io.marquetry.decisioning.core.DecisionPlan;
import io.marquetry.decisioning.core.Scores;
import io.marquetry.decisioning.core.Signals;
import io.marquetry.decisioning.core.VisitorView;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a question to the engine with what the instance knows now, and notes the answer. */
final class Decider {
  private static final Logger LOG = LoggerFactory.getLogger(Decider.class);

  private final Visitors visitors;
  private final ProfileRecall recall;
  private final ShownLately shown;
  private final PageScores scores;
  private final DecisionLog log;
  private final InstantSource clock;
  private final Ticks ticks;
  private final VisitorView view = new VisitorView();
  private final SplittableRandom high;
  private final SplittableRandom low;
  private final Map<String, AllocationTable> tables = new HashMap<>();
  private Catalogue catalogue = new Catalogue("", -1, List.of(), List.of());
  private DecisionPlan plan = DecisionPlan.of(catalogue);

  Decider(
      Visitors visitors,
      ProfileRecall recall,
      ShownLately shown,
      PageScores scores,
      DecisionLog log,
      ComponentContext component) {
    this.visitors = visitors;
    this.recall = recall;
    this.shown = shown;
    this.scores = scores;
    this.log = log;
    this.clock = component.clock();
    this.ticks = component.ticks();
    var seed = new SecureRandom();
    this.high = new SplittableRandom(seed.nextLong());
    this.low = new SplittableRandom(seed.nextLong());
  }

  /** Decides by this catalogue from here on. */
  void define(Catalogue newer) {
    catalogue = newer;
    plan = DecisionPlan.of(catalogue, tables.values());
    shown.define(plan, clock.millis());
    scores.define(catalogue);
    plan.problems()
        .forEach(
            problem -> LOG.warn("{} is left out: {}", problem.definition(), problem.message()));
  }

  /** By what is decided now. */
  Catalogue catalogue() {
    return catalogue;
  }

  /** By which tables bandits choose now. */
  Collection<AllocationTable> tables() {
    return tables.values();
  }

  /** Lets bandits choose by these tables from here on, where they are newer. */
  void allocate(Allocations allocations) {
    boolean changed = false;
    for (var table : allocations.tables()) {
      var known = tables.get(table.bandit());
      if (known == null || known.epoch() < table.epoch()) {
        tables.put(table.bandit(), table);
        changed = true;
      }
    }
    if (changed) {
      plan = DecisionPlan.of(catalogue, tables.values());
    }
  }

  /** Never fails for want of a profile: what does not come in time is done without. */
  Future<Decided> decide(Decide ask) {
    long began = ticks.nanos();
    long now = clock.millis();
    if (ask.dryRun() && !ask.supposed().isEmpty()) {
      view.clear(ask.context());
      view.suppose(ask.supposed());
      var id = new Id128(high.nextLong(), low.nextLong());
      var thought = deliberate(id, ask, new Standing(Basis.PROFILE, null, 0), now, new Scores());
      return Future.succeededFuture(decided(thought, ask, began));
    }
    var standing = meet(ask, now, false);
    var profile = ask.visitor().profile();
    if (!standing.basis().equals(Basis.NOT_HELD) || profile == null || !visitors.owns(profile)) {
      return decide(ask, standing, now, began, false);
    }
    return recall
        .recall(profile, scores.left(spentMillis(ask, began)))
        .transform(
            answer -> {
              boolean known = answer.succeeded();
              long later = clock.millis();
              return decide(ask, meet(ask, later, known), later, began, known);
            });
  }

  private Standing meet(Decide ask, long now, boolean known) {
    return visitors.meet(ask, now, ticks.millis(), known, view);
  }

  /**
   * Decides, and where strategies then turn out to want scores, fetches those and decides again.
   *
   * <p>Meanwhile the view shows others and consent may change, so the visitor is met anew; what was
   * fetched for one kind of basis is not used on another.
   */
  private Future<Decided> decide(Decide ask, Standing met, long now, long began, boolean known) {
    var id = id(now);
    var wishes = new Scores();
    var first = deliberate(id, ask, met, now, wishes);
    if (wishes.wanted().isEmpty()) {
      return Future.succeededFuture(decided(first, ask, began));
    }
    var mode = first.mode();
    var visitor = mode == Mode.PERSONALIZED ? ask.visitor().profile() : null;
    return scores
        .fetch(wishes, ask, visitor, view, spentMillis(ask, began))
        .map(
            fetched -> {
              long later = clock.millis();
              var again = meet(ask, later, known);
              var usable = again.basis().mode() == mode ? wishes : new Scores();
              return decided(deliberate(id, ask, again, later, usable), ask, began);
            });
  }

  /**
   * What the page has taken so far, all that came before the question included. The request may
   * have been read on another machine, so that is by the time of day; here by the clock that never
   * goes back.
   */
  private long spentMillis(Decide ask, long began) {
    long here = TimeUnit.NANOSECONDS.toMillis(ticks.nanos() - began);
    return ask.begun() == 0 ? here : Math.max(here, clock.millis() - ask.begun());
  }

  /** What came out of deliberating once. */
  private record Thought(
      Id128 id,
      long now,
      Standing standing,
      List<Choice> choices,
      Map<String, Object> live,
      Signals signals,
      Scores scores) {
    Mode mode() {
      return standing.basis().mode();
    }
  }

  private Thought deliberate(Id128 id, Decide ask, Standing met, long now, Scores given) {
    var standing = met.drawn(plan.holdout());
    var basis = standing.basis();
    var profile = basis.mode() == Mode.PERSONALIZED ? ask.visitor().profile() : null;
    var signals = new Signals();
    var unit = standing.unit();
    if (profile != null && unit != null && !unit.equals(profile)) {
      signals.drawnBy(unit);
    }
    view.unit(profile == null ? id : unit == null ? profile : unit);
    if (plan.asksModels()) {
      view.scores(given);
    }
    if (profile != null) {
      shown.tell(view, profile);
    }
    if (!ask.dryRun()) {
      view.record(signals);
    }
    var choices = DecisionEngine.decide(plan, ask.components(), basis, view, now);
    if (profile == null) {
      view.recordNothing(); // what is shown live decided nothing, and may not be kept
    }
    var live = DecisionEngine.live(plan, choices, basis.mode(), view);
    return new Thought(id, now, standing, choices, live, signals, given);
  }

  /** In order of time, so that the log grows at its end, and with 80 bits that nobody can guess. */
  private Id128 id(long now) {
    return new Id128(
        (now << Short.SIZE) | (high.nextLong() >>> (Long.SIZE - Short.SIZE)), low.nextLong());
  }

  private Decided decided(Thought thought, Decide ask, long began) {
    var mode = thought.mode();
    long micros = TimeUnit.NANOSECONDS.toMicros(ticks.nanos() - began);
    if (!ask.dryRun()) {
      log.add(record(thought, ask, micros));
      var profile = mode == Mode.PERSONALIZED ? ask.visitor().profile() : null;
      if (profile != null) {
        shown.count(profile, thought.choices(), !ask.page().isEmpty(), thought.now());
      }
    }
    return new Decided(
        thought.id(), mode, thought.choices(), thought.live(), plan.version(), micros);
  }

  private DecisionRecord record(Thought thought, Decide ask, long micros) {
    var mode = thought.mode();
    return new DecisionRecord(
        thought.id(),
        thought.now(),
        ask.site(),
        mode,
        mode == Mode.CONTEXTUAL ? null : ask.visitor().profile(),
        ask.page(),
        thought.choices(),
        read(thought, ask),
        thought.standing().consentVersion(),
        plan.version(),
        micros);
  }

  /** What was read for a decision, as far as it may be kept. */
  private static Map<String, Object> read(Thought thought, Decide ask) {
    Map<String, Object> read =
        switch (thought.mode()) {
          case PERSONALIZED -> thought.signals().all();
          case CONTEXTUAL -> thought.signals().coarse(ask.context());
          case HOLDOUT -> Map.of();
        };
    if (thought.scores().isEmpty()) {
      return read;
    }
    var whole = new LinkedHashMap<>(read);
    whole.put(Scores.SIGNAL, thought.scores().logged());
    return whole;
  }
}
