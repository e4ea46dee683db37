package io.marquetry.decisioning;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Allocations;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.decisioning.Visitors.Standing;
import io.marquetry.decisioning.core.Basis;
import io.marquetry.decisioning.core.DecisionEngine;
import io.marquetry.decisioning.core.DecisionPlan;
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
      DecisionLog log,
      ComponentContext component) {
    this.visitors = visitors;
    this.recall = recall;
    this.shown = shown;
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
      return Future.succeededFuture(decide(ask, new Standing(Basis.PROFILE, null, 0), now, began));
    }
    var standing = meet(ask, now, false);
    var profile = ask.visitor().profile();
    if (!standing.basis().equals(Basis.NOT_HELD) || profile == null || !visitors.owns(profile)) {
      return Future.succeededFuture(decide(ask, standing, now, began));
    }
    return recall
        .recall(profile)
        .transform(
            answer -> {
              boolean known = answer.succeeded();
              long later = clock.millis();
              return Future.succeededFuture(decide(ask, meet(ask, later, known), later, began));
            });
  }

  private Standing meet(Decide ask, long now, boolean known) {
    return visitors.meet(ask, now, ticks.millis(), known, view);
  }

  private Decided decide(Decide ask, Standing met, long now, long began) {
    var standing = met.drawn(plan.holdout());
    var basis = standing.basis();
    var profile = basis.mode() == Mode.PERSONALIZED ? ask.visitor().profile() : null;
    var id = id(now);
    var signals = new Signals();
    var unit = standing.unit();
    view.unit(profile == null ? id : unit == null ? profile : unit);
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
    long micros = TimeUnit.NANOSECONDS.toMicros(ticks.nanos() - began);
    if (!ask.dryRun()) {
      log.add(record(id, now, ask, standing, choices, signals, micros));
    }
    if (!ask.dryRun() && profile != null) {
      shown.count(profile, choices, now);
    }
    return new Decided(id, basis.mode(), choices, live, plan.version(), micros);
  }

  /** In order of time, so that the log grows at its end, and with 80 bits that nobody can guess. */
  private Id128 id(long now) {
    return new Id128(
        (now << Short.SIZE) | (high.nextLong() >>> (Long.SIZE - Short.SIZE)), low.nextLong());
  }

  private DecisionRecord record(
      Id128 id,
      long now,
      Decide ask,
      Standing standing,
      List<Choice> choices,
      Signals signals,
      long micros) {
    var mode = standing.basis().mode();
    Map<String, Object> read =
        switch (mode) {
          case PERSONALIZED -> signals.all();
          case CONTEXTUAL -> signals.coarse(ask.context());
          case HOLDOUT -> Map.of();
        };
    return new DecisionRecord(
        id,
        now,
        ask.site(),
        mode,
        mode == Mode.CONTEXTUAL ? null : ask.visitor().profile(),
        ask.page(),
        choices,
        read,
        standing.consentVersion(),
        plan.version(),
        micros);
  }
}
