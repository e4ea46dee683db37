package io.marquetry.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The verticles as they come, but with other settings of segmentation. */
final class Placing {
  /** Profiles are stored at once, for whoever is about to copy them. */
  static final Map<String, Object> STORED_SOON = Map.of("flushEvery", "PT0.5S");

  private Placing() {}

  /**
   * The environment variables of such a server.
   *
   * @param file where to put them
   */
  static Map<String, String> segmentation(Path file, Map<String, Object> settings) {
    try {
      var placing = new JsonObject(Files.readString(Path.of("verticles.json")));
      for (var each : placing.getJsonArray("verticles", new JsonArray())) {
        if (each instanceof JsonObject verticle
            && "segmentation".equals(verticle.getString("verticle"))) {
          verticle.put("config", new JsonObject(settings));
        }
      }
      Files.writeString(file, placing.encode());
      return Map.of("MARQUETRY_VERTICLES", file.toAbsolutePath().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
