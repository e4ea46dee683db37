package io.marquetry.replay;

import io.marquetry.replay.Recording.Extent;
import io.marquetry.replay.Summary.Derived;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The command behind {@code scripts/replay}. */
public final class Replay {
  private static final int MISUSED = 2;
  private static final int INCOMPLETE = 1;
  private static final long SETTLE_SECONDS = 60;
  private static final long POLL_MILLIS = 200;

  private final Options options;
  private final Http http;
  private final PrintStream out;
  private final boolean terminal;

  Replay(Options options, Http http, PrintStream out, boolean terminal) {
    this.options = options;
    this.http = http;
    this.out = out;
    this.terminal = terminal;
  }

  /** Exit codes: 0 all taken, 1 something lost or refused, 2 wrongly called. */
  public static void main(String[] arguments) throws InterruptedException {
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    System.exit(run(List.of(arguments), System.getenv(), System.out, terminal));
  }

  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, boolean terminal)
      throws InterruptedException {
    try {
      var options = Options.parse(arguments, environment);
      if (!Files.isRegularFile(options.file()) || !Files.isReadable(options.file())) {
        throw new Misuse("there is no readable file " + options.file());
      }
      try (var http = new Http(options.url())) {
        var summary = new Replay(options, http, out, terminal).run();
        summary.print(out);
        return summary.isComplete() ? 0 : INCOMPLETE;
      }
    } catch (Misuse e) {
      System.err.println("replay: " + e.getMessage());
      return MISUSED;
    } catch (IOException e) {
      System.err.println("replay: " + e.getMessage());
      return INCOMPLETE;
    }
  }

  Summary run() throws IOException, InterruptedException {
    var recording = recording();
    var log = measure(recording);
    if (log.events() == 0) {
      throw new Misuse(options.file() + " has no line that is an event; see --format");
    }
    out.printf("%s, format %s%n", options.file().getFileName(), recording.format().name());
    var admin =
        options.adminPassword().isEmpty() ? null : Admin.login(http, options.adminPassword());
    long before = admin == null ? 0 : admin.profiles();
    var tally = new Tally();
    long began = System.nanoTime();
    send(recording, log, writeKey(admin), tally);
    double seconds = (System.nanoTime() - began) / 1e9;
    boolean gone = tally.sent() < log.events();
    return new Summary(
        log, tally, http.retries(), seconds, admin == null || gone ? null : derived(admin, before));
  }

  /** Success means durable; what is derived may lag behind a little. */
  private static Derived derived(Admin admin, long before)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    boolean settled = admin.settled();
    while (!settled && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      settled = admin.settled();
    }
    long profiles = admin.profiles();
    return new Derived(profiles - before, profiles, admin.segments(), settled);
  }

  private Recording recording() {
    try {
      return Recording.open(options.file(), options.format());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Extent measure(Recording recording) throws InterruptedException {
    try {
      return recording.measure();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Misuse unreadable(IOException e) {
    return new Misuse(options.file() + " cannot be read: " + e);
  }

  private String writeKey(@Nullable Admin admin) throws IOException, InterruptedException {
    return admin == null || options.createSite().isEmpty()
        ? options.writeKey()
        : admin.createSite(options.createSite());
  }

  /** Sends all of it; where the server is gone, what was sent until then is in the tally. */
  private void send(Recording recording, Extent log, String writeKey, Tally tally)
      throws IOException, InterruptedException {
    long shift = options.shift() && log.hasTimes() ? System.currentTimeMillis() - log.last() : 0;
    var pace = new Pace(options.rate(), options.speed(), log.first());
    var beacons = new Beacons(http, writeKey, tally);
    long began = System.nanoTime();
    var progress = new Progress(out, terminal, log.events(), began);
    try {
      var index = new long[1];
      recording.play(
          event -> {
            waitUntil(began + pace.due(index[0]++, event), beacons);
            beacons.add(stamped(event, shift));
            progress.at(tally.sent(), System.nanoTime());
          });
      beacons.flush();
      progress.at(tally.sent(), System.nanoTime());
    } catch (IOException e) {
      System.err.println("replay: " + e.getMessage());
    } finally {
      progress.end();
    }
  }

  /** What is gathered goes out before a wait. */
  private static void waitUntil(long due, Beacons beacons)
      throws IOException, InterruptedException {
    if (due <= System.nanoTime()) {
      return;
    }
    beacons.flush();
    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
  }

  private static Map<String, Object> stamped(Recorded event, long shift) {
    if (!event.hasTime()) {
      return event.call();
    }
    var call = new LinkedHashMap<>(event.call());
    call.put("timestamp", Instant.ofEpochMilli(event.at() + shift).toString());
    return call;
  }
}
