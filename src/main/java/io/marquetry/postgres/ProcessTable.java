package io.marquetry.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the operating system says about a process id found in a pid file.
 *
 * <p>An id alone proves nothing: it may have been given to another program since, or belong to a
 * zombie that nobody has reaped (usual in containers), which still answers to signal 0. So the
 * command line is read, which anyone may do, also when postgres runs as another user than we.
 */
final class ProcessTable {

  private static final Path PROC = Path.of("/proc");

  private ProcessTable() {}

  /** What runs under an id. */
  enum Occupant {
    /** The postmaster of the directory asked about. */
    POSTMASTER,
    /** Ended, but its parent has not taken notice. */
    ZOMBIE,
    /** Some other program. */
    STRANGER,
    NOBODY
  }

  static Occupant occupant(long pid, Path cluster) {
    var process = ProcessHandle.of(pid);
    if (process.isEmpty()) {
      return Occupant.NOBODY;
    }
    if (state(pid).filter(s -> s == 'Z' || s == 'X').isPresent()) {
      return Occupant.ZOMBIE;
    }
    var command = commandLine(process.get());
    return isPostmaster(command, cluster) ? Occupant.POSTMASTER : Occupant.STRANGER;
  }

  private static boolean isPostmaster(List<String> command, Path cluster) {
    var directory = command.indexOf("-D");
    return directory > 0
        && command.size() > directory + 1
        && Path.of(command.getFirst()).endsWith("postgres")
        && command.get(directory + 1).equals(cluster.toString());
  }

  /**
   * The state letter of Linux; it follows the program's name, which may itself hold parentheses.
   */
  static Optional<Character> state(long pid) {
    try {
      var stat = Files.readString(PROC.resolve(pid + "/stat"), UTF_8);
      return Optional.of(stat.charAt(stat.lastIndexOf(')') + 2));
    } catch (IOException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static List<String> commandLine(ProcessHandle process) {
    try {
      var line = Files.readString(PROC.resolve(process.pid() + "/cmdline"), UTF_8);
      return List.of(line.split("\0"));
    } catch (IOException e) { // no /proc on this system, or the process has just ended
      var info = process.info();
      var command = new ArrayList<>(info.command().stream().toList());
      command.addAll(List.of(info.arguments().orElse(new String[0])));
      return command;
    }
  }
}
