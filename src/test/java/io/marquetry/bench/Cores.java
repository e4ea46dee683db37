package io.marquetry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which cores what runs on, as {@code taskset} names them; empty where nothing is pinned.
 *
 * @param server the one core of what is measured, its database included
 * @param load the one core of the load generator
 */
record Cores(String server, String load) {
  /** The first two cores we may use. With one alone nothing is pinned, and the report says so. */
  static Cores ofThisMachine() {
    var allowed = allowed();
    return allowed.size() < 2
        ? new Cores("", "")
        : new Cores(allowed.get(0).toString(), allowed.get(1).toString());
  }

  boolean pinned() {
    return !server.isEmpty();
  }

  /** A command that runs there. */
  static List<String> on(String core, List<String> command) {
    if (core.isEmpty()) {
      return command;
    }
    var pinned = new ArrayList<>(List.of("taskset", "-c", core));
    pinned.addAll(command);
    return pinned;
  }

  private static List<Integer> allowed() {
    try {
      var line =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(each -> each.startsWith("Cpus_allowed_list:"))
              .findFirst()
              .orElse(":0");
      return parse(line.substring(line.indexOf(':') + 1).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a list such as {@code 0-3,8}. */
  static List<Integer> parse(String list) {
    var cores = new ArrayList<Integer>();
    for (var part : list.split(",", -1)) {
      var ends = part.split("-", -1);
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int core = Integer.parseInt(ends[0]); core <= last; core++) {
        cores.add(core);
      }
    }
    return cores;
  }
}
