package io.marquetry.models;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.Source;
import io.marquetry.models.OipClient.Unanswered;
import io.marquetry.models.core.BuiltIn;
import io.marquetry.models.core.LastGood;
import io.marquetry.models.core.ModelAnswer;
import io.marquetry.models.core.ModelDefinition;
import io.marquetry.platform.Patience;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions for scores, in time and whatever becomes of the model.
 *
 * <p>Where a model gives no answer the last good one to the same question stands in for it, if it
 * is not too old. A call that is too late for its asker goes on for a little: what it brings is
 * kept for whoever asks next. What is asked in the shadow is compared and never used.
 */
final class ScoreDesk {
  /** How long a call goes on that nobody waits for any more. */
  static final long GRACE_MILLIS = 1_000;

  private static final int MAX_LINES = 400;

  private final Vertx vertx;
  private final OipClient client;
  private final ModelsConfig config;
  private final Ticks ticks;
  private final Supplier<BuiltIn> builtIn;
  private final ModelsFigures figures;
  private final LastGood lastGood;
  private final Map<String, Line> lines = new HashMap<>();
  private final Map<String, ShadowTally> shadows = new HashMap<>();
  private Map<String, ModelDefinition> models = Map.of();

  ScoreDesk(
      Vertx vertx,
      OipClient client,
      ModelsConfig config,
      Ticks ticks,
      Supplier<BuiltIn> builtIn,
      ModelsFigures figures) {
    this.vertx = vertx;
    this.client = client;
    this.config = config;
    this.ticks = ticks;
    this.builtIn = builtIn;
    this.figures = figures;
    lastGood = new LastGood(config.maxKept());
  }

  /** Goes by these definitions from here on. */
  void define(Catalogue catalogue) {
    var all = new LinkedHashMap<String, ModelDefinition>();
    catalogue
        .all(Kind.MODEL)
        .forEach(definition -> all.put(definition.key(), ModelDefinition.parse(definition)));
    models = all;
    lines.keySet().removeIf(line -> !all.containsKey(line.substring(0, line.indexOf('@'))));
    shadows.keySet().retainAll(all.keySet());
  }

  @Nullable ModelDefinition model(String key) {
    return models.get(key);
  }

  /** Never fails; answered within the time it names. */
  Future<Scored> score(Score asked) {
    long began = ticks.nanos();
    var model = models.get(asked.model());
    if (model == null || !model.enabled()) {
      return Future.succeededFuture(Scored.none(asked.model(), Outcome.UNKNOWN));
    }
    var version = model.versionFor(asked.visitor());
    int wait = Math.max(1, Math.min(asked.millis(), model.timeoutMillis()));
    return answer(model, version, asked, wait)
        .map(
            answer -> {
              var scored = scored(model, version, asked, answer, began);
              figures.called(model.key(), scored);
              shadow(model, asked, scored);
              return scored;
            });
  }

  private Scored scored(
      ModelDefinition model, String version, Score asked, ModelAnswer answer, long began) {
    long micros = TimeUnit.NANOSECONDS.toMicros(ticks.nanos() - began);
    if (answer.outcome() == Outcome.OK) {
      return new Scored(
          model.key(), named(answer, version), answer.items(), Source.LIVE, Outcome.OK, micros);
    }
    var kept =
        answer.outcome() == Outcome.EMPTY
            ? null
            : lastGood.find(
                LastGood.key(model, version, asked), ticks.millis(), model.cacheMillis());
    return kept == null
        ? new Scored(model.key(), version, List.of(), Source.NONE, answer.outcome(), micros)
        : new Scored(
            model.key(),
            named(kept, version),
            kept.items(),
            Source.CACHED,
            answer.outcome(),
            micros);
  }

  private static String named(ModelAnswer answer, String asked) {
    return answer.version().isEmpty() ? asked : answer.version();
  }

  /** An answer, or why there is none, after {@code wait} milliseconds at the latest. */
  private Future<ModelAnswer> answer(ModelDefinition model, String version, Score asked, int wait) {
    var url = model.url();
    if (url == null) {
      return Future.succeededFuture(builtIn.get().score(model, asked));
    }
    var line = line(model, version);
    if (line == null || line.underWay() >= config.maxCalls()) {
      return Future.succeededFuture(not(Outcome.OVERLOADED));
    }
    if (!line.breaker().allows(ticks.millis())) {
      return Future.succeededFuture(not(Outcome.OPEN));
    }
    boolean fair = wait * 2 >= model.timeoutMillis();
    var call = call(model, version, url, asked, line, Math.max(wait, GRACE_MILLIS));
    return Patience.limit(vertx, call, wait)
        .recover(late -> Future.succeededFuture(not(Outcome.LATE)))
        .onSuccess(answer -> judge(line, answer.outcome(), fair));
  }

  /** Whoever was given too little time cannot be blamed for being late. */
  private void judge(Line line, Outcome outcome, boolean fair) {
    if (outcome == Outcome.OK || outcome == Outcome.EMPTY) {
      line.breaker().succeeded();
    } else if (outcome != Outcome.LATE || fair) {
      long before = line.breaker().opened();
      line.breaker().failed(ticks.millis());
      figures.opened(line.breaker().opened() - before);
    }
  }

  private Future<ModelAnswer> call(
      ModelDefinition model, String version, String url, Score asked, Line line, long limit) {
    line.begin();
    return client
        .ask(url + model.path(version), model.question(asked), limit)
        .map(body -> ModelAnswer.read(body, asked.candidates(), asked.k()))
        .otherwise(
            cause ->
                not(
                    cause instanceof Unanswered unanswered
                        ? unanswered.outcome()
                        : Outcome.GARBAGE))
        .onSuccess(
            answer -> {
              line.end();
              if (answer.outcome() == Outcome.OK && model.cacheMillis() > 0) {
                lastGood.keep(LastGood.key(model, version, asked), answer, ticks.millis());
              }
            });
  }

  private static ModelAnswer not(Outcome why) {
    return new ModelAnswer(why, "", List.of());
  }

  private @Nullable Line line(ModelDefinition model, String version) {
    var name = model.key() + "@" + version;
    var known = lines.get(name);
    if (known == null && lines.size() < MAX_LINES) {
      known = new Line();
      lines.put(name, known);
    }
    return known;
  }

  private void shadow(ModelDefinition model, Score asked, Scored used) {
    var shadow = model.shadow();
    if (shadow == null || used.source() != Source.LIVE) {
      return;
    }
    var other = shadow.model() == null ? model : models.get(shadow.model());
    if (other == null) {
      return;
    }
    var version = shadow.version() == null ? other.pin() : shadow.version();
    answer(other, version, asked, (int) GRACE_MILLIS)
        .onSuccess(
            answer ->
                shadows
                    .computeIfAbsent(model.key(), first -> new ShadowTally())
                    .compare(used.items(), answer));
  }

  /** How each model does. */
  Map<String, Object> view() {
    var view = new LinkedHashMap<String, Object>();
    for (var model : models.values()) {
      var one = new LinkedHashMap<String, Object>();
      one.put("calls", figures.calls(model.key()));
      boolean open =
          lines.entrySet().stream()
              .anyMatch(
                  line ->
                      line.getKey().startsWith(model.key() + "@")
                          && line.getValue().breaker().isOpen());
      one.put("resting", open);
      var shadow = shadows.get(model.key());
      if (shadow != null) {
        one.put("shadow", shadow.view());
      }
      view.put(model.key(), one);
    }
    return view;
  }

  LastGood lastGood() {
    return lastGood;
  }

  int underWay() {
    return lines.values().stream().mapToInt(Line::underWay).sum();
  }
}
