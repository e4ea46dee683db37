package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.ReplayDecision;
import io.marquetry.bus.DecisionLogMessage.RunRetention;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Explanation;
import io.marquetry.console.core.Times;
import io.marquetry.console.core.Views;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looking at single decisions, in full and in words, and how long they are kept. */
final class DecisionOperations {
  private final Bus bus;

  DecisionOperations(Bus bus) {
    this.bus = bus;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("decisions.get", (actor, body) -> one(body).map(found -> views(found).getFirst()));
    handlers.put(
        "decisions.explain",
        (actor, body) -> one(body).compose(found -> explain(found.decisions().getFirst())));
    handlers.put(
        "retention.run",
        (actor, body) -> {
          Arguments.of(body).end();
          return runRetention();
        });
  }

  /** Where nobody learns by bandits, nothing of theirs is removed, or said. */
  private Future<Map<String, Object>> runRetention() {
    var removed = new LinkedHashMap<String, Object>();
    return bus.ask(Addresses.RUN_RETENTION, new RunRetention())
        .onSuccess(days -> removed.put("decisions", days.days()))
        .compose(done -> bus.ask(Addresses.PURGE_BANDITS, new RunRetention()).otherwiseEmpty())
        .map(
            purged -> {
              if (purged != null) {
                removed.put(
                    "bandits",
                    Map.of(
                        "exposures", purged.exposures(),
                        "rewards", purged.rewards(),
                        "epochs", purged.epochs()));
              }
              return Map.of("removed", removed);
            });
  }

  /** With what would have turned it, as far as the decision can still be made again. */
  private Future<Map<String, Object>> explain(DecisionRecord decision) {
    return bus.ask(Addresses.REPLAY_DECISION, new ReplayDecision(decision.decision(), false))
        .map(replayed -> Explanation.of(decision, replayed.counterfactuals(), null))
        .otherwise(why -> Explanation.of(decision, List.of(), obstacle(why)));
  }

  private static String obstacle(Throwable why) {
    return why instanceof Refused refused ? refused.text() : "it could not be made again now";
  }

  /** The one decision asked for, in a list of one. */
  private Future<Decisions> one(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var id = id(arguments.text("decisionId"));
    arguments.end();
    return bus.ask(
            Addresses.QUERY_DECISIONS,
            new QueryDecisions(id, null, null, null, null, null, null, 1))
        .map(
            found -> {
              if (found.decisions().isEmpty()) {
                throw new Refused(Reason.NOT_FOUND, "decisionId", "there is no such decision");
              }
              return found;
            });
  }

  /** A decision's id as people write it. */
  static Id128 id(String text) {
    if (!Id128.isId(text)) {
      throw new Refused(Reason.INVALID, "decisionId", "must be 32 hex digits");
    }
    return Id128.parse(text);
  }

  /** Decisions in full, with what of them others showed. */
  static List<Map<String, Object>> views(Decisions found) {
    return found.decisions().stream().map(one -> view(one, found.exposed())).toList();
  }

  private static Map<String, Object> view(DecisionRecord decision, List<Exposed> exposed) {
    var view = new LinkedHashMap<>(Views.decision(decision));
    view.put(
        "exposures",
        exposed.stream()
            .filter(one -> one.decision().equals(decision.decision()))
            .filter(one -> one.site().equals(decision.site()))
            .flatMap(
                one ->
                    one.components().stream()
                        .map(
                            component -> Map.of("component", component, "at", Times.iso(one.at()))))
            .toList());
    return view;
  }
}
