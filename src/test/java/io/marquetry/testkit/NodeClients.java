package io.marquetry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Clients that others wrote, installed by npm as {@code src/test/js/clients} pins them. */
public final class NodeClients {
  private static final Path HOME = Path.of("src", "test", "js", "clients");
  private static final long SECONDS = 180;

  private NodeClients() {}

  /** Installs them where they are not; where there is no Node the test is skipped, saying so. */
  public static void install() {
    Assumptions.assumeTrue(
        answers("node", "--version") && answers("npm", "--version"), "no Node and npm here");
    var installed = HOME.resolve("node_modules/.package-lock.json");
    try {
      if (!Files.exists(installed)
          || Files.getLastModifiedTime(installed)
                  .compareTo(Files.getLastModifiedTime(HOME.resolve("package-lock.json")))
              < 0) {
        run("npm", "ci", "--no-audit", "--no-fund");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean answers(String... command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException absent) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Runs one of the scripts beside them; an assertion error where it does not end with 0. */
  public static String script(String name, String... arguments) {
    var command = new ArrayList<>(List.of("node", name));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /** A file of theirs. */
  public static Path file(String path) {
    return HOME.resolve(path);
  }

  private static String run(String... command) {
    try {
      var process =
          new ProcessBuilder(command).directory(HOME.toFile()).redirectErrorStream(true).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", command) + " failed:\n" + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
