package io.marquetry.ingest;

import io.marquetry.platform.Settings;
import io.marquetry.platform.StartupProblem;
import io.marquetry.platform.Topology;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Settings of the dialects, below {@code dialects} in those of ingest.
 *
 * @param snowplowPaths where Snowplow trackers post to, the protocol's own path first
 */
record DialectConfig(List<String> snowplowPaths) {
  private static final String TP2 = "/com.snowplowanalytics.snowplow/tp2";

  static DialectConfig from(Settings settings) {
    var paths = new TreeSet<>(settings.object("snowplow").texts("paths", List.of()));
    for (var path : paths) {
      var parts = path.split("/", -1);
      boolean plain = path.chars().allMatch(c -> c > ' ' && c < 127 && "?#%*:".indexOf(c) < 0);
      if (parts.length != 3 || !parts[0].isEmpty() || parts[1].isEmpty() || !plain) {
        throw new StartupProblem(
            "wrong configuration: dialects.snowplow.paths: '%s' is no path such as /com.acme/track"
                .formatted(path));
      }
    }
    paths.remove(TP2);
    return new DialectConfig(Stream.concat(Stream.of(TP2), paths.stream()).toList());
  }

  /** As ingest here is set, which read them strictly. */
  static DialectConfig of(Topology topology) {
    for (var placement : topology.placements()) {
      if (placement.component().equals("ingest")) {
        var settings = Settings.of("verticles.ingest.config", placement.config());
        return from(settings.object("dialects"));
      }
    }
    return from(Settings.of("verticles.ingest.config.dialects", Map.of()));
  }
}
