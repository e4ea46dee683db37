package io.marquetry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * How much of the machine others used over a stretch of time: all that was not idle, less what this
 * process and everything it started used. It is printed beside every figure, for figures taken on a
 * busy machine are worth little.
 */
final class Foreign {
  private static final double SECONDS_PER_TICK = 0.01;

  /** Columns 4 and 5 of the first line of {@code /proc/stat}: idle, and waiting for a disk. */
  private static final int IDLE = 3;

  private static final int COLUMNS = 8;
  private static final double QUIET_CORES = 0.1;
  private static final long LOOK_NANOS = 500_000_000;

  private final ProcessTree own = ProcessTree.ofThisProcess();
  private final long begun = System.nanoTime();
  private final double ownAtFirst = own.cpuSeconds();
  private final double busyAtFirst = busySeconds();

  private Foreign() {}

  static Foreign begin() {
    return new Foreign();
  }

  /** Waits until others use next to nothing of the machine, but no longer than this. */
  static void awaitQuiet(double seconds) {
    long deadline = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < deadline) {
      var second = begin();
      LockSupport.parkNanos(LOOK_NANOS);
      if (second.cores() < QUIET_CORES) {
        return;
      }
    }
  }

  /** Cores in use by others, on average since the beginning. */
  double cores() {
    double busy = busySeconds() - busyAtFirst;
    double ours = own.cpuSeconds() - ownAtFirst;
    double seconds = (System.nanoTime() - begun) / 1e9;
    return Math.max(0, busy - ours) / Math.max(0.1, seconds);
  }

  private static double busySeconds() {
    try {
      var line = Files.readAllLines(Path.of("/proc/stat")).getFirst();
      var columns =
          Arrays.stream(line.split(" +", -1)).skip(1).limit(COLUMNS).mapToLong(Long::parseLong);
      var ticks = columns.toArray();
      return (Arrays.stream(ticks).sum() - ticks[IDLE] - ticks[IDLE + 1]) * SECONDS_PER_TICK;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
