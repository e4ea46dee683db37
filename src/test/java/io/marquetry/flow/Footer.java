package io.marquetry.flow;

import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;

/** A component that is the same for everybody, on a running server. */
record Footer(RunningServer server) {
  void define(String text) {
    server.admin(
        "components.put",
        Map.of(
            "key", "footer",
            "name", "Footer",
            "fields", List.of(Map.of("key", "text", "type", "text")),
            "template", "<footer>{{text}}</footer>",
            "fallback", List.of("only")));
    say(text);
  }

  void say(String text) {
    server.admin(
        "variants.put",
        Map.of(
            "component", "footer",
            "key", "only",
            "content", Map.of("text", text),
            "status", "published"));
  }
}
