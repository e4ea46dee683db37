package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ExperimentationMessage.EvaluatePolicy;
import io.marquetry.bus.ExperimentationMessage.GetBandit;
import io.marquetry.bus.ExperimentationMessage.GetBanditHistory;
import io.marquetry.bus.ExperimentationMessage.Report;
import io.marquetry.console.core.Arguments;
import io.vertx.core.Future;
import java.util.Map;

/** How bandits divide their visitors, how they came to it, and what else would have brought. */
final class BanditOperations {
  private static final int SHOWN = 50;
  private static final int MOST = 500;

  private final Bus bus;

  BanditOperations(Bus bus) {
    this.bus = bus;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("bandits.get", (actor, body) -> get(body));
    handlers.put("bandits.history", (actor, body) -> history(body));
    handlers.put("policies.evaluate", (actor, body) -> evaluate(body));
  }

  private Future<Map<String, Object>> get(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var key = arguments.optionalText("key");
    arguments.end();
    return bus.ask(Addresses.BANDITS, new GetBandit(key)).map(Report::body);
  }

  private Future<Map<String, Object>> history(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var key = arguments.text("key");
    int limit = arguments.limit(SHOWN, MOST);
    arguments.end();
    return bus.ask(Addresses.BANDIT_HISTORY, new GetBanditHistory(key, limit)).map(Report::body);
  }

  private Future<Map<String, Object>> evaluate(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var asked =
        new EvaluatePolicy(
            arguments.text("bandit"),
            arguments.object("policy"),
            arguments.optionalTime("from"),
            arguments.optionalTime("to"));
    arguments.end();
    return bus.ask(Addresses.EVALUATE_POLICY, asked).map(Report::body);
  }
}
