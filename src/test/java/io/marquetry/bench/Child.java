package io.marquetry.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process of ours. Its standard output comes line by line, its standard error goes to a file, and
 * it ends with us, however we end.
 */
final class Child implements AutoCloseable {
  private static final String LISTENING = "listening ";
  private static final int MOST_LINES = 10_000;
  private static final int PATIENCE_SECONDS = 40;

  private final String name;
  private final Path errors;
  private final Process process;
  private final BufferedWriter input;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>(MOST_LINES);
  private final Thread hook;

  private Child(String name, Path errors, Process process) {
    this.name = name;
    this.errors = errors;
    this.process = process;
    input = process.outputWriter();
    hook = new Thread(this::stop);
    Runtime.getRuntime().addShutdownHook(hook);
    Thread.ofVirtual().start(this::readLines);
  }

  /**
   * @param core where it runs; empty for anywhere
   * @param errors where its standard error goes
   */
  static Child start(
      String name, String core, List<String> command, Map<String, String> variables, Path errors) {
    var builder = new ProcessBuilder(Cores.on(core, command));
    builder.environment().putAll(variables);
    builder.redirectError(errors.toFile());
    try {
      return new Child(name, errors, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readLines() {
    try (BufferedReader reader = process.inputReader()) {
      String line;
      while ((line = reader.readLine()) != null) {
        if (!lines.offer(line)) {
          return;
        }
      }
    } catch (IOException e) {
      // It has ended; whoever waits for a line will see that.
    }
  }

  long pid() {
    return process.pid();
  }

  /** Sends it a line. */
  void send(String line) {
    try {
      input.write(line);
      input.newLine();
      input.flush();
    } catch (IOException e) {
      throw failed("does not listen any more");
    }
  }

  /** The next line of its output that is looked for; those before it are passed over. */
  String await(Predicate<String> wanted, int seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (System.nanoTime() < deadline) {
        var line = lines.poll(50, TimeUnit.MILLISECONDS);
        if (line != null && wanted.test(line)) {
          return line;
        }
        if (line == null && !process.isAlive() && lines.isEmpty()) {
          throw failed("ended with status " + process.exitValue());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was not waited for");
    }
    throw failed("said nothing for " + seconds + " s");
  }

  /** The port that it says it listens on, in a line {@code listening PORT}. */
  int awaitPort(int seconds) {
    var line = await(said -> said.startsWith(LISTENING), seconds);
    return Integer.parseInt(line.substring(LISTENING.length()));
  }

  private IllegalStateException failed(String what) {
    return new IllegalStateException(name + " " + what + "; see " + errors);
  }

  /** Waits for its end; the exit code. */
  int awaitEnd(int seconds) {
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw failed("did not end within " + seconds + " s");
  }

  /** Lets it drain and end, and ends it if it does not. */
  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // We are ending, and the hook has run or will.
    }
  }

  private void stop() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
