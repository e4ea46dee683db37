package io.marquetry.assembly;

import io.marquetry.assembly.core.Origin;
import io.marquetry.platform.Settings;
import io.marquetry.platform.StartupProblem;
import io.marquetry.platform.Topology;
import org.jspecify.annotations.Nullable;

/**
 * Settings of assembly. Its HTTP face reads them too: that is where pages are served.
 *
 * @param origin the site that every path without a page of its own comes from; null for none
 * @param site whose visitors see the pages of {@code origin}; empty for the first site there is
 * @param connections to one origin from one event loop at most
 * @param waiting requests that may wait for one of them; beyond it they are turned down
 * @param connectMillis for a connection to an origin
 * @param headMillis for the head of its answer
 * @param stallMillis for the next piece of its answer
 * @param sockets WebSockets to origins from one event loop at most
 * @param socketIdleSeconds after which a WebSocket is closed on which nothing came from either side
 * @param rememberedPages of origins whose slots are remembered by one event loop
 * @param fragmentSeconds for which a component that everybody is shown may be kept by caches
 */
record AssemblyConfig(
    @Nullable Origin origin,
    String site,
    int connections,
    int waiting,
    int connectMillis,
    int headMillis,
    int stallMillis,
    int sockets,
    int socketIdleSeconds,
    int rememberedPages,
    int fragmentSeconds) {
  private static final int MOST_MILLIS = 600_000;

  static AssemblyConfig read(Settings settings) {
    var origin = settings.text("origin", "");
    var config =
        new AssemblyConfig(
            origin.isEmpty() ? null : origin(origin),
            settings.text("originSite", ""),
            settings.integer("originConnections", 64, 1, 10_000),
            settings.integer("originWaiting", 256, 0, 100_000),
            settings.integer("originConnectMillis", 2_000, 1, MOST_MILLIS),
            settings.integer("originHeadMillis", 10_000, 1, MOST_MILLIS),
            settings.integer("originStallMillis", 30_000, 1, MOST_MILLIS),
            settings.integer("originSockets", 1_000, 0, 1_000_000),
            settings.integer("originSocketIdleSeconds", 300, 1, 86_400),
            settings.integer("rememberedPages", 2_000, 1, 1_000_000),
            settings.integer("fragmentSeconds", 60, 0, 86_400));
    settings.check();
    return config;
  }

  /** The settings in use, as assembly here is told them. */
  static AssemblyConfig of(Topology topology) {
    var path = "verticles.assembly.config";
    for (var placement : topology.placements()) {
      if (placement.component().equals("assembly")) {
        return read(Settings.of(path, placement.config()));
      }
    }
    return read(Settings.of(path, java.util.Map.of()));
  }

  private static Origin origin(String text) {
    try {
      return Origin.parse(text);
    } catch (IllegalArgumentException e) {
      throw new StartupProblem(
          "wrong configuration: verticles.assembly.config.origin is %s, which must be an origin such as http://shop.example:8081"
              .formatted(text));
    }
  }
}
