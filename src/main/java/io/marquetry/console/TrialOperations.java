package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.AssemblyMessage.Render;
import io.marquetry.bus.Bus;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.condition.Condition;
import io.marquetry.condition.MalformedConditionException;
import io.marquetry.condition.MapView;
import io.marquetry.console.core.Arguments;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Trying things out without a visitor. */
final class TrialOperations {
  private final Bus bus;

  TrialOperations(Bus bus) {
    this.bus = bus;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("conditions.test", (actor, body) -> Future.succeededFuture(test(body)));
    handlers.put("components.render", (actor, body) -> render(body));
  }

  private static Map<String, Object> test(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var condition = arguments.value("condition");
    var attributes = arguments.object("attributes");
    var groups = groups(arguments.object("groups"));
    arguments.end();
    try {
      var result = Condition.parseLenient(condition, groups).test(MapView.of(attributes));
      return Map.of("result", result);
    } catch (MalformedConditionException e) {
      var path = "condition" + e.path().substring(Math.min(1, e.path().length()));
      throw new Refused(Reason.INVALID, path, String.valueOf(e.getMessage()));
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, List<Object>> groups(Map<String, Object> json) {
    var groups = new HashMap<String, List<Object>>();
    json.forEach(
        (key, value) -> {
          if (!(value instanceof List<?> list)) {
            throw new Refused(Reason.INVALID, "groups." + key, "must be a list");
          }
          groups.put(key, (List<Object>) list);
        });
    return groups;
  }

  private Future<Map<String, Object>> render(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var render =
        new Render(
            arguments.text("component"), arguments.text("variant"), arguments.object("live"));
    arguments.end();
    return bus.ask(Addresses.RENDER, render)
        .map(rendered -> Map.of("html", rendered.html(), "content", rendered.content()));
  }
}
