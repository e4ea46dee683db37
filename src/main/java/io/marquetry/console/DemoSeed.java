package io.marquetry.console;

import io.marquetry.bus.Refused;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Role;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up the demonstration, once, through the same operations that people use.
 *
 * <p>{@code demo/setup.json} lists operations in order; a value {@code {"$file": name}} stands for
 * the text of a file beside it. A setting remembers that it was done. What a broken demonstration
 * costs is the demonstration: the server starts, and says what is wrong.
 */
final class DemoSeed {
  /** Who it is in the audit. */
  static final Actor ACTOR = new Actor("demo", Set.of(Role.ADMIN));

  private static final Logger LOG = LoggerFactory.getLogger(DemoSeed.class);
  private static final String SETTING = "demo";
  private static final String MARK = "seeded";
  private static final String SETUP = "setup.json";

  private final Vertx vertx;
  private final DefinitionOperations definitions;
  private final Operations operations;
  private final Files files;

  /** Where the files are. */
  @FunctionalInterface
  interface Files {
    /** The bytes of a file; null where there is none. May block. */
    byte @Nullable [] read(String name) throws IOException;
  }

  /** One step: an operation and what it is asked with. */
  private record Step(String operation, Map<String, Object> body) {}

  DemoSeed(Vertx vertx, DefinitionOperations definitions, Operations operations, Files files) {
    this.vertx = vertx;
    this.definitions = definitions;
    this.operations = operations;
    this.files = files;
  }

  /** The files that come with the server. */
  static byte @Nullable [] resource(String name) throws IOException {
    try (var in = DemoSeed.class.getResourceAsStream("/demo/" + name)) {
      return in == null ? null : in.readAllBytes();
    }
  }

  /** Completes when it is set up; with what went wrong, or an empty text. */
  Future<String> run() {
    return definitions
        .marked(SETTING, MARK)
        .compose(done -> done ? Future.succeededFuture("") : setUp())
        .recover(
            failure -> {
              LOG.error("the demonstration could not be set up: {}", failure.getMessage());
              return Future.succeededFuture(
                  "the demonstration could not be set up: " + failure.getMessage());
            });
  }

  private Future<String> setUp() {
    return vertx
        .executeBlocking(this::steps)
        .compose(
            steps -> {
              Future<?> last = Future.succeededFuture();
              for (var step : steps) {
                last = last.compose(before -> perform(step));
              }
              return last;
            })
        .compose(done -> definitions.mark(SETTING, MARK, ACTOR))
        .map("");
  }

  private Future<?> perform(Step step) {
    return operations
        .call(ACTOR, step.operation(), step.body())
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof Refused refused
                        ? new Refused(
                            refused.reason(),
                            refused.field(),
                            "%s %s: %s %s"
                                .formatted(
                                    step.operation(),
                                    step.body().get("key"),
                                    refused.field(),
                                    refused.text()))
                        : failure));
  }

  private List<Step> steps() throws IOException, Json.Malformed {
    var setup = files.read(SETUP);
    if (setup == null) {
      throw new IOException("there is no " + SETUP);
    }
    if (!(Json.read(setup) instanceof List<?> list)) {
      throw new IOException(SETUP + " is no list");
    }
    var steps = new ArrayList<Step>();
    for (var entry : list) {
      if (!(entry instanceof Map<?, ?> map
          && map.get("operation") instanceof String operation
          && map.get("body") instanceof Map<?, ?> body)) {
        throw new IOException(SETUP + " holds something other than {operation, body}");
      }
      steps.add(new Step(operation, resolve(body)));
    }
    return steps;
  }

  private Map<String, Object> resolve(Map<?, ?> map) {
    var resolved = new LinkedHashMap<String, Object>();
    map.forEach((key, value) -> resolved.put(String.valueOf(key), resolved(value)));
    return resolved;
  }

  private Object resolved(Object value) {
    return switch (value) {
      case Map<?, ?> file when file.get("$file") instanceof String name -> text(name);
      case Map<?, ?> map -> resolve(map);
      case List<?> list -> list.stream().map(this::resolved).toList();
      default -> value;
    };
  }

  private String text(String name) {
    try {
      var bytes = files.read(name);
      if (bytes == null) {
        throw new IOException("there is no file " + name);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
