package io.marquetry.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Other forms of the project's own {@code verticles.json}. */
public final class Topologies {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Topologies() {}

  /** Without some components. */
  public static String without(String... components) {
    var gone = List.of(components);
    var root = own();
    var entries = (ArrayNode) root.get("verticles");
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (gone.contains(entries.get(i).get("verticle").asText())) {
        entries.remove(i);
      }
    }
    return root.toPrettyString();
  }

  /** With a setting of one component. */
  public static String setting(String component, String name, Object value) {
    return settings(component, Map.of(name, value));
  }

  /** With settings of one component. */
  public static String settings(String component, Map<String, Object> values) {
    var root = own();
    for (var entry : root.get("verticles")) {
      if (entry.get("verticle").asText().equals(component)) {
        var config = ((ObjectNode) entry).withObject("/config");
        values.forEach((name, value) -> config.set(name, JSON.valueToTree(value)));
      }
    }
    return root.toPrettyString();
  }

  /**
   * A process of a cluster on this machine, which runs some components; its faces it has in any
   * case.
   *
   * @param port on which it keeps track of the others
   * @param members ports of all that are to find each other
   */
  public static String clustered(int port, List<Integer> members, String... here) {
    var root = own();
    var vertx = root.withObject("/vertx").put("clustered", true);
    var cluster = vertx.withObject("/cluster").put("port", port);
    var list = cluster.putArray("members");
    members.forEach(member -> list.add("127.0.0.1:" + member));
    for (var entry : root.get("verticles")) {
      var component = entry.get("verticle").asText();
      if (!component.equals("http") && !List.of(here).contains(component)) {
        ((ObjectNode) entry).putArray("here");
      }
    }
    return root.toPrettyString();
  }

  private static ObjectNode own() {
    try {
      return (ObjectNode) JSON.readTree(Path.of("verticles.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
