package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ModelsMessage.GetModels;
import io.marquetry.bus.ModelsMessage.ModelStates;
import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.bus.ModelsMessage.Train;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models: how they do, trying one out, having the built-in ones learn anew. */
final class ModelOperations {
  private static final int MAX_K = 100;
  private static final int FEW = 10;
  private static final int PATIENCE_MILLIS = 1_000;

  private final Bus bus;
  private final DefinitionOperations definitions;

  ModelOperations(Bus bus, DefinitionOperations definitions) {
    this.bus = bus;
    this.definitions = definitions;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("models.list", (actor, body) -> list(body));
    handlers.put("models.test", (actor, body) -> test(body));
    handlers.put("models.train", (actor, body) -> train(body));
  }

  /** What is defined, each with how it does; only what is defined where nobody can say. */
  private Future<Map<String, Object>> list(Map<String, Object> body) {
    Arguments.of(body).end();
    return definitions
        .catalogue()
        .compose(
            catalogue ->
                bus.ask(Addresses.MODELS, new GetModels())
                    .otherwise(new ModelStates(Map.of()))
                    .map(
                        states -> {
                          var models =
                              catalogue.all(Kind.MODEL).stream()
                                  .map(
                                      model -> {
                                        var view = new LinkedHashMap<>(Views.definition(model));
                                        var state = states.models().get(model.key());
                                        if (state != null) {
                                          view.put("state", state);
                                        }
                                        return view;
                                      })
                                  .toList();
                          return Map.of("models", models, "states", states.models());
                        }));
  }

  private Future<Map<String, Object>> test(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var key = arguments.text("key");
    var features = arguments.object("features");
    var candidates = arguments.optionalTexts("candidates");
    var k = arguments.optionalInteger("k", 1, MAX_K);
    arguments.end();
    return definitions
        .get(Kind.MODEL, Map.of("key", key))
        .compose(
            model ->
                bus.ask(
                    Addresses.SCORE,
                    new Score(
                        key,
                        "",
                        null,
                        features,
                        candidates == null ? List.of() : candidates,
                        k == null ? FEW : k,
                        PATIENCE_MILLIS)))
        .map(ModelOperations::view);
  }

  private static Map<String, Object> view(Scored scored) {
    return Map.of(
        "outcome", scored.outcome().key(),
        "source", scored.source().key(),
        "modelVersion", scored.version(),
        "millis", scored.micros() / 1_000.0,
        "items", scored.items().stream().map(ModelOperations::item).toList());
  }

  private static Map<String, Object> item(ScoredItem item) {
    return Map.of("id", item.item(), "score", item.score(), "confidence", item.confidence());
  }

  private Future<Map<String, Object>> train(Map<String, Object> body) {
    Arguments.of(body).end();
    return bus.ask(Addresses.TRAIN_MODELS, new Train())
        .map(states -> Map.of("states", states.models()));
  }
}
