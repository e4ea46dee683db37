package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.condition.FieldPath;
import io.marquetry.decisioning.core.ScoreNeed;
import io.marquetry.decisioning.core.Scores;
import io.marquetry.decisioning.core.VisitorView;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Patience;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the scores that the strategies of a page would like to have, all at once and within what
 * is left of the page's time. What does not come is an answer too: that there is none, and why.
 */
final class PageScores {
  /** What deciding itself may still take after the scores are there. */
  private static final long RESERVE_MILLIS = 4;

  /** Pages that wait at the same time; those beyond go on without scores. */
  private static final int MAX_WAITING = 2_000;

  private final Vertx vertx;
  private final Bus bus;
  private final long budgetMillis;
  private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
  private final LongAdder overtime = new LongAdder();
  private Map<String, List<FieldPath>> fields = Map.of();
  private int waiting;

  /**
   * @param budgetMillis what a page may take from its request to its decision
   */
  PageScores(Vertx vertx, Bus bus, long budgetMillis) {
    this.vertx = vertx;
    this.bus = bus;
    this.budgetMillis = budgetMillis;
    for (var outcome : Outcome.values()) {
      outcomes.put(outcome, new LongAdder());
    }
  }

  /** Notes which fields of a visitor each model is told. */
  void define(Catalogue catalogue) {
    var all = new HashMap<String, List<FieldPath>>();
    for (var model : catalogue.all(Kind.MODEL)) {
      all.put(model.key(), fields(model));
    }
    fields = all;
  }

  private static List<FieldPath> fields(Definition model) {
    var paths = new ArrayList<FieldPath>();
    if (model.body().get("features") instanceof List<?> features) {
      for (var feature : features) {
        if (feature instanceof Map<?, ?> map && map.get("field") instanceof String field) {
          paths.add(FieldPath.of(field));
        }
      }
    }
    if (model.body().get("builtin") != null) {
      paths.add(FieldPath.of("attributes.recentlyViewed"));
    }
    return paths;
  }

  /**
   * Completes when every wish has an answer, in time; never fails.
   *
   * @param visitor null where nothing personal may be used
   * @param view of the visitor, read before this returns
   * @param spentMillis what the page has taken so far, from when its request was read
   */
  Future<Void> fetch(
      Scores scores, Decide ask, @Nullable Id128 visitor, VisitorView view, long spentMillis) {
    long left = left(spentMillis);
    if (left < 1 || waiting >= MAX_WAITING) {
      var why = left < 1 ? Outcome.LATE : Outcome.OVERLOADED;
      scores.wanted().forEach(need -> answer(scores, need, Scored.none(need.model(), why)));
      return Future.succeededFuture();
    }
    waiting++;
    var asked = new ArrayList<Future<?>>();
    for (var need : scores.wanted()) {
      int within = need.withinMillis();
      long limit = within == 0 ? left : Math.min(left, within);
      var question =
          new Score(
              need.model(),
              ask.site(),
              visitor,
              features(need.model(), view),
              need.candidates(),
              need.k(),
              (int) limit);
      asked.add(
          Patience.limit(vertx, bus.ask(Addresses.SCORE, question), limit)
              .otherwise(cause -> Scored.none(need.model(), outcome(cause)))
              .onSuccess(scored -> answer(scores, need, scored)));
    }
    return Future.join(asked).<Void>mapEmpty().onComplete(done -> waiting--);
  }

  /** What a page that has taken so long may wait for others. */
  long left(long spentMillis) {
    return budgetMillis - spentMillis - RESERVE_MILLIS;
  }

  private void answer(Scores scores, ScoreNeed need, Scored scored) {
    counter(scored.outcome()).increment();
    if (scored.outcome() == Outcome.LATE && need.withinMillis() > 0) {
      overtime.increment();
    }
    scores.answer(need, scored);
  }

  private static Outcome outcome(Throwable cause) {
    return cause instanceof TimeoutException ? Outcome.LATE : Outcome.UNREACHABLE;
  }

  private Map<String, Object> features(String model, VisitorView view) {
    var features = new LinkedHashMap<String, Object>();
    for (var path : fields.getOrDefault(model, List.of())) {
      var value = view.field(path);
      if (value != null) {
        features.put(path.toString(), value);
      }
    }
    return features;
  }

  /** How many answers were too late for a component with a time of its own. */
  long overtime() {
    return overtime.sum();
  }

  /** How many wishes came out in this way. */
  long count(Outcome outcome) {
    return counter(outcome).sum();
  }

  private LongAdder counter(Outcome outcome) {
    return Objects.requireNonNull(outcomes.get(outcome));
  }
}
