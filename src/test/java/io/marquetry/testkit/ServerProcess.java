package io.marquetry.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The real server as a child process: the class path that {@code scripts/run} uses, nothing of the
 * tests on it. What it prints is kept, the newest some thousand lines.
 */
public final class ServerProcess {
  private static final int KEPT_LINES = 4_000;
  private static final int SHORT = 500;
  private static final String MAIN = "io.marquetry.app.Main";
  private static final String CLASSES = "target/classes:target/lib/*";

  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final Deque<String> out = new ArrayDeque<>();
  private final Deque<String> errors = new ArrayDeque<>();
  private final List<Thread> readers = new ArrayList<>();

  private ServerProcess(Process process) {
    this.process = process;
    read("out", process.inputReader(), out);
    read("err", process.errorReader(), errors);
    process.onExit().thenAccept(ended -> ready.completeExceptionally(new EndedEarly()));
  }

  private static final class EndedEarly extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Starts it; {@code environment} goes on top of ours without any setting of the server. */
  public static ServerProcess start(List<String> arguments, Map<String, String> environment) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:TieredStopAtLevel=1", // many short lives on few cores: start quickly
            "-Xms64m",
            "-Xmx512m",
            "-cp",
            CLASSES,
            MAIN));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("MARQUETRY_"));
    builder.environment().putAll(environment);
    try {
      return new ServerProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(String name, BufferedReader from, Deque<String> into) {
    var reader =
        Thread.ofVirtual()
            .name("server-" + name)
            .start(
                () -> {
                  try (from) {
                    for (var line = from.readLine(); line != null; line = from.readLine()) {
                      keep(line, into);
                    }
                  } catch (IOException e) {
                    keep("(the pipe broke: " + e + ")", into);
                  }
                });
    readers.add(reader);
  }

  private void keep(String line, Deque<String> into) {
    synchronized (into) {
      into.add(line);
      if (into.size() > KEPT_LINES) {
        into.remove();
      }
    }
    if (line.startsWith("Marquetry is ready.")) {
      ready.complete(line);
    }
  }

  /** Waits for the line that says it is ready; an assertion error where it ends instead. */
  public String awaitReady(long seconds) {
    try {
      return ready.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new AssertionError("the server did not get ready:\n" + logs(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits for its end and returns its exit code. */
  public int awaitExit(long seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new AssertionError("the server did not end within " + seconds + " s:\n" + logs());
      }
      for (var reader : readers) {
        reader.join(2_000);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** SIGKILL, and waits until the kernel has it. */
  public void kill9() {
    process.destroyForcibly();
    awaitExit(30);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Lines on stdout. */
  public List<String> out() {
    return copy(out);
  }

  /** Lines on stderr. */
  public List<String> errors() {
    return copy(errors);
  }

  /** What it logged as an error of its own, each shortened to what it begins with. */
  public List<String> failures() {
    return errors().stream()
        .filter(line -> line.contains("\"level\":\"ERROR\""))
        .map(line -> line.substring(0, Math.min(line.length(), SHORT)))
        .toList();
  }

  /** All it printed, as far as it is kept. */
  public String logs() {
    return String.join("\n", out()) + "\n" + String.join("\n", errors());
  }

  private static List<String> copy(Deque<String> lines) {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }
}
