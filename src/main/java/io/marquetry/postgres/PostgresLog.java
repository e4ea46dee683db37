package io.marquetry.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code postgres.log}, bounded to twice {@link #LIMIT_BYTES} with its predecessor {@code
 * postgres.log.1}.
 *
 * <p>PostgreSQL writes to the file itself, opened for appending, so that an orphan keeps logging.
 * That is also why it can be cut while in use: the next line lands at the new end. The few lines
 * written between copy and cut are lost.
 */
final class PostgresLog {

  static final long LIMIT_BYTES = 8L << 20;

  private static final int TAIL_BYTES = 64 << 10;
  private static final Logger LOG = LoggerFactory.getLogger(PostgresLog.class);

  private final Path file;

  PostgresLog(Path directory) {
    this.file = directory.resolve("postgres.log");
  }

  Path file() {
    return file;
  }

  ProcessBuilder.Redirect appending() {
    return ProcessBuilder.Redirect.appendTo(file.toFile());
  }

  long size() {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  void append(String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("cannot write {}: {}", file, StartupProblem.reason(e));
    }
  }

  void cutIfLarge() {
    if (size() <= LIMIT_BYTES) {
      return;
    }
    try {
      var previous = file.resolveSibling(file.getFileName() + ".1");
      Files.copy(file, previous, StandardCopyOption.REPLACE_EXISTING);
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
    } catch (IOException e) {
      LOG.warn("cannot cut {}: {}", file, StartupProblem.reason(e));
    }
  }

  /** Why a server that wrote from this position on gave up, in its own words. */
  String failureSince(long position) {
    var lines = linesSince(position);
    return lines.reversed().stream()
        .filter(line -> line.contains("FATAL: ") || line.contains("PANIC: "))
        .findFirst()
        .or(() -> lines.isEmpty() ? Optional.empty() : Optional.of(lines.getLast()))
        .map(line -> line.replaceFirst("^.*?(FATAL|PANIC):\\s*", ""))
        .orElse("it ended without a word");
  }

  private List<String> linesSince(long position) {
    try (var channel = FileChannel.open(file)) {
      var from = Math.max(position, channel.size() - TAIL_BYTES);
      var bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - from));
      channel.read(bytes, from);
      return UTF_8.decode(bytes.flip()).toString().lines().filter(s -> !s.isBlank()).toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
