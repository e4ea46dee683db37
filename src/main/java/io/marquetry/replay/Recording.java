package io.marquetry.replay;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A log in a file, gzip or not.
 *
 * <p>Read twice: once to know how long it is and when it ends, once to be sent. Nothing of it is
 * kept in memory but the names of its visitors, for counting them.
 */
final class Recording {
  private static final int GZIP_MAGIC = 0x1f8b;

  private final Path file;
  private final LogFormat format;

  private Recording(Path file, LogFormat format) {
    this.file = file;
    this.format = format;
  }

  /**
   * Opens a log.
   *
   * @param format its name, empty to find it out
   */
  static Recording open(Path file, String format) throws IOException {
    try (var lines = lines(file)) {
      var first = lines.readLine();
      if (first == null) {
        throw new Misuse(file + " is empty");
      }
      return new Recording(file, format.isEmpty() ? LogFormat.of(first) : LogFormat.named(format));
    }
  }

  LogFormat format() {
    return format;
  }

  /** What is in it. */
  record Extent(long events, long visitors, long skipped, long damaged, long first, long last) {
    boolean hasTimes() {
      return last != Recorded.NO_TIME;
    }
  }

  /** Who is told of each event. */
  interface Visitor {
    void visit(Recorded event) throws IOException, InterruptedException;
  }

  Extent measure() throws IOException, InterruptedException {
    var count = new Count();
    read(count, count::add);
    return count.extent();
  }

  /** Passes every event on, in order, with its message id. */
  void play(Visitor visitor) throws IOException, InterruptedException {
    read(new Count(), visitor);
  }

  private void read(Count count, Visitor visitor) throws IOException, InterruptedException {
    try (var lines = lines(file)) {
      if (format.hasHeader()) {
        lines.readLine();
      }
      long row = 0;
      for (var line = lines.readLine(); line != null; line = lines.readLine(), row++) {
        var event = event(line, row, count);
        if (event != null) {
          visitor.visit(event);
        }
      }
    }
  }

  private @Nullable Recorded event(String line, long row, Count count) {
    try {
      var event = format.read(line, row);
      if (event.isPresent()) {
        return named(event.get(), row, line);
      }
      count.skipped++;
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      count.damaged++;
    }
    return null;
  }

  /** The same line in the same place of the same file is the same message, whenever it is sent. */
  private Recorded named(Recorded event, long row, String line) {
    if (event.call().containsKey("messageId")) {
      return event;
    }
    var name = String.valueOf(file.getFileName());
    var call = new LinkedHashMap<>(event.call());
    call.put("messageId", "replay-" + Fingerprint.of(name, Long.toString(row), line));
    return new Recorded(event.at(), call);
  }

  private static BufferedReader lines(Path file) throws IOException {
    var in = new BufferedInputStream(Files.newInputStream(file));
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    InputStream plain = magic == GZIP_MAGIC ? new GZIPInputStream(in) : in;
    return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }

  private static final class Count {
    private final Set<Object> visitors = new HashSet<>();
    private long events;
    private long skipped;
    private long damaged;
    private long first = Recorded.NO_TIME;
    private long last = Recorded.NO_TIME;

    void add(Recorded event) {
      events++;
      var call = event.call();
      var visitor = call.containsKey("anonymousId") ? call.get("anonymousId") : call.get("userId");
      if (visitor != null) {
        visitors.add(visitor);
      }
      if (event.hasTime()) {
        first = first == Recorded.NO_TIME ? event.at() : Math.min(first, event.at());
        last = Math.max(last, event.at());
      }
    }

    Extent extent() {
      return new Extent(events, visitors.size(), skipped, damaged, first, last);
    }
  }
}
