package io.marquetry.bench;

import java.util.List;
import java.util.Map;

/**
 * A collector of events in Node, such as one writes in an afternoon: fastify checks a batch against
 * a schema and appends its events to a file, which nobody waits for. Nothing is counted once,
 * belongs to anybody, or survives a crash for certain.
 */
final class FastifyCollector {
  private static final int START_SECONDS = 30;

  private FastifyCollector() {}

  /**
   * Starts it.
   *
   * @throws NotInstalled where there is no Node, or npm does not get fastify
   */
  static Peer start(Rig rig) {
    var file = rig.directory().resolve("collected.ndjson");
    var command = NodePeers.script("fastify.mjs", file.toString());
    var log = rig.directory().resolve("fastify.log");
    var variables = Map.of("NODE_ENV", "production");
    var process = Child.start("fastify", rig.cores().server(), command, variables, log);
    int port = process.awaitPort(START_SECONDS);
    var tree = new ProcessTree(process.pid(), "");
    var target = new Target(rig, "fastify", port, tree, rig.requests().batch("/batch", "f"), "");
    var name = "fastify " + NodePeers.version("fastify") + " appending to a file";
    return new Peer(name, target, List.of(process));
  }
}
