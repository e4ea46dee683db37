package io.marquetry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What figures were taken on. */
final class Machine {
  private static final int SYNCS = 100;
  private static final int BLOCK = 8192;

  private Machine() {}

  /** Facts by name; {@code directory} is where the databases are. */
  static Map<String, String> facts(Path directory, Cores cores) {
    var facts = new LinkedHashMap<String, String>();
    facts.put(
        "processor",
        field("/proc/cpuinfo", "model name")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores");
    facts.put("memory", gigabytes(field("/proc/meminfo", "MemTotal")));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("java", System.getProperty("java.vm.version"));
    facts.put("disk", disk(directory));
    facts.put("sync of 8 kB", Row.text("%.0f us (median of %d)", syncMicros(directory), SYNCS));
    facts.put(
        "pinned",
        cores.pinned()
            ? "server to core " + cores.server() + ", load to core " + cores.load()
            : "nothing: this machine has one core");
    return facts;
  }

  private static String field(String file, String name) {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String gigabytes(String kilobytes) {
    return Row.text("%.1f GB", Long.parseLong(kilobytes.replaceAll("\\D", "")) / 1024.0 / 1024);
  }

  private static String disk(Path directory) {
    try {
      return Files.getFileStore(directory).type();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a commit waits for at least: how long the disk takes to say that a block is safe. */
  private static double syncMicros(Path directory) {
    var file = directory.resolve("sync");
    var times = new long[SYNCS];
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < SYNCS; i++) {
        long begun = System.nanoTime();
        channel.write(ByteBuffer.allocate(BLOCK), (long) i * BLOCK);
        channel.force(false);
        times[i] = System.nanoTime() - begun;
      }
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Arrays.sort(times);
    return times[SYNCS / 2] / 1e3;
  }
}
