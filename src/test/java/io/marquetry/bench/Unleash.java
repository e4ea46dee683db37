package io.marquetry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Unleash, asked through its frontend API what a visitor is to be shown of six components: flags
 * with six variants each that go by a trait or else by lot. It logs no decisions.
 */
final class Unleash {
  private static final String TOKEN = "default:development.measured-and-thrown-away";
  private static final int START_SECONDS = 120;

  private final Rig rig;
  private final List<Child> processes = new ArrayList<>();

  private Unleash(Rig rig) {
    this.rig = rig;
  }

  /**
   * Starts it with its database.
   *
   * @throws NotInstalled where there is no Node, or npm does not get it
   */
  static Peer start(Rig rig) {
    var unleash = new Unleash(rig);
    var command = NodePeers.script("unleash.mjs", TOKEN);
    try {
      return unleash.start(command);
    } catch (RuntimeException e) {
      unleash.processes.forEach(Child::close);
      throw e;
    }
  }

  private Peer start(List<String> command) {
    var data = rig.directory().resolve("unleash").toAbsolutePath();
    var server = child(command, database(data), "Unleash");
    int port = server.awaitPort(START_SECONDS);
    var tree = new ProcessTree(server.pid(), data.toString());
    var request =
        RequestText.get(
                "/api/frontend?userId={v}&properties%5Bplan%5D=plan{d}",
                "Authorization: " + TOKEN + "\r\n")
            .withVisitors(Rig.VISITORS);
    var target = new Target(rig, "unleash", port, tree, request, "\"variant\":{\"name\":\"v");
    var name = "Unleash " + NodePeers.version("unleash-server") + ", frontend API";
    return new Peer(name, target, processes);
  }

  /** How its database is reached. */
  private Map<String, String> database(Path data) {
    var command = Rig.java(rig.javaFlags(), PeerDatabase.class.getName(), data.toString());
    var port = child(command, Map.of(), "Unleash's database").awaitPort(START_SECONDS);
    try {
      var password = Files.readString(data.resolve("postgres.password")).strip();
      return Map.of("PGPORT", Integer.toString(port), "PGPASSWORD", password);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Child child(List<String> command, Map<String, String> variables, String name) {
    var log = rig.directory().resolve("unleash-" + processes.size() + ".log");
    var child = Child.start(name, rig.cores().server(), command, variables, log);
    processes.addFirst(child);
    return child;
  }
}
