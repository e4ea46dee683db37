package io.marquetry.ingest;

import io.marquetry.platform.Settings;
import io.marquetry.platform.StartupProblem;
import io.marquetry.platform.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Settings of the dialects, below {@code dialects} in those of ingest.
 *
 * @param snowplowPaths where Snowplow trackers post to, the protocol's own path first
 * @param hooksDirectory where mappings of webhooks lie that add to ours or replace them; empty for
 *     none
 * @param hookSecrets file of the secrets that providers sign with; empty for none
 */
record DialectConfig(List<String> snowplowPaths, String hooksDirectory, String hookSecrets) {
  private static final String TP2 = "/com.snowplowanalytics.snowplow/tp2";

  static DialectConfig from(Settings settings) {
    var hooks = settings.object("hooks");
    var paths = settings.object("snowplow").texts("paths", List.of());
    paths.forEach(DialectConfig::checkPath);
    var all = new ArrayList<>(List.of(TP2));
    paths.stream().filter(path -> !path.equals(TP2)).distinct().forEach(all::add);
    return new DialectConfig(
        List.copyOf(all), hooks.text("directory", ""), hooks.text("secrets", ""));
  }

  private static void checkPath(String path) {
    var parts = path.split("/", -1);
    boolean plain = path.chars().allMatch(c -> c > ' ' && c < 127 && "?#%*:".indexOf(c) < 0);
    if (parts.length != 3 || !parts[0].isEmpty() || parts[1].isEmpty() || !plain) {
      throw new StartupProblem(
          "wrong configuration: dialects.snowplow.paths: '%s' is no path such as /com.acme/track"
              .formatted(path));
    }
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
