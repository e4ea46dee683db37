package io.marquetry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * What a process and all that it started use, as the kernel accounts for it.
 *
 * <p>CPU time is that of the processes alive plus that of those they have waited for, so that a
 * database session that ends between two readings is still counted. A server that was handed to
 * another parent is found by what its command line mentions. Of what the kernel does by itself,
 * such as writing back pages, nothing is charged to anybody.
 */
final class ProcessTree {
  /** Linux shows CPU time in hundredths of a second, whatever its own clock. */
  private static final double SECONDS_PER_TICK = 0.01;

  private static final Path PROC = Path.of("/proc");

  private final long root;
  private final String mark;

  /** One process: its parent and its CPU time in ticks. */
  record Stat(long parent, long ticks) {
    /**
     * Reads a line of {@code /proc/PID/stat}. The name of the program may hold anything, so fields
     * are counted from behind its last bracket: the parent is the 2nd, and the times of the process
     * and of the children it waited for are the 12th to 15th.
     */
    static Stat parse(String line) {
      var fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
      long ticks = 0;
      for (int i = 11; i <= 14; i++) {
        ticks += Long.parseLong(fields.get(i));
      }
      return new Stat(Long.parseLong(fields.get(1)), ticks);
    }
  }

  /**
   * @param root the process it all hangs on
   * @param mark processes whose command line holds this belong to it too; empty for none
   */
  ProcessTree(long root, String mark) {
    this.root = root;
    this.mark = mark;
  }

  /** All of this process's own tree. */
  static ProcessTree ofThisProcess() {
    return new ProcessTree(ProcessHandle.current().pid(), "");
  }

  /** CPU time used so far, in seconds. */
  double cpuSeconds() {
    var all = snapshot();
    return members(all).stream().mapToLong(pid -> stat(all, pid).ticks()).sum() * SECONDS_PER_TICK;
  }

  /** Resident memory in bytes; pages that several processes share are counted for each. */
  long residentBytes() {
    return sum(pid -> kilobytes(PROC.resolve(pid + "/status"), "VmRSS:"));
  }

  /** Resident memory in bytes; of shared pages each process is charged its part. */
  long proportionalBytes() {
    return sum(pid -> kilobytes(PROC.resolve(pid + "/smaps_rollup"), "Pss:"));
  }

  private long sum(ToLongFunction<Long> kilobytes) {
    return members(snapshot()).stream().mapToLong(kilobytes).sum() * 1024;
  }

  private static Stat stat(Map<Long, Stat> all, long pid) {
    return all.getOrDefault(pid, new Stat(0, 0));
  }

  private Set<Long> members(Map<Long, Stat> all) {
    var found = new HashSet<Long>();
    for (var pid : all.keySet()) {
      if (pid == root || (!mark.isEmpty() && commandLine(pid).contains(mark))) {
        found.add(pid);
      }
    }
    boolean grew = true;
    while (grew) {
      grew = false;
      for (var entry : all.entrySet()) {
        grew |= found.contains(entry.getValue().parent()) && found.add(entry.getKey());
      }
    }
    return found;
  }

  private static Map<Long, Stat> snapshot() {
    var all = new HashMap<Long, Stat>();
    for (var pid : pids()) {
      var line = read(PROC.resolve(pid + "/stat"));
      if (!line.isEmpty()) {
        all.put(pid, Stat.parse(line));
      }
    }
    return all;
  }

  private static List<Long> pids() {
    var pids = new ArrayList<Long>();
    try (var directories = Files.newDirectoryStream(PROC, "[0-9]*")) {
      directories.forEach(each -> pids.add(Long.parseLong(each.getFileName().toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pids;
  }

  private static String commandLine(long pid) {
    return read(PROC.resolve(pid + "/cmdline")).replace('\0', ' ');
  }

  private static long kilobytes(Path file, String field) {
    return read(file)
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0);
  }

  /** A process may end while it is looked at; nothing is then read of it. */
  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
