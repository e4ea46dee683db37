package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.ReplayDecision;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.util.Map;

/** Deciding again what was decided, by the definitions of then or of now. */
final class ReplayOperations {
  private final Bus bus;

  ReplayOperations(Bus bus) {
    this.bus = bus;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("decisions.replay", (actor, body) -> replay(body));
  }

  private Future<Map<String, Object>> replay(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var id = arguments.text("decisionId");
    var definitions = arguments.optionalText("definitions");
    arguments.end();
    if (!Id128.isId(id)) {
      throw new Refused(Reason.INVALID, "decisionId", "must be 32 hex digits");
    }
    boolean current = "current".equals(definitions);
    if (definitions != null && !current && !definitions.equals("logged")) {
      throw new Refused(Reason.INVALID, "definitions", "must be logged or current");
    }
    return bus.ask(Addresses.REPLAY_DECISION, new ReplayDecision(Id128.parse(id), current))
        .map(Views::replayed);
  }
}
