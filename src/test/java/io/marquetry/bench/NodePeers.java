package io.marquetry.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Peers that run in Node, as {@code src/test/js/peers} pins them. They are installed below {@code
 * target} by the first row that wants one.
 */
final class NodePeers {
  private static final Path SOURCES = Path.of("src", "test", "js", "peers");
  private static final Path HOME = Path.of("target", "peers");
  private static final String LOCK = "package-lock.json";
  private static final int INSTALL_SECONDS = 300;

  private NodePeers() {}

  /**
   * The command that runs one of the scripts.
   *
   * @throws NotInstalled where there is no Node, or npm does not get what the script needs
   */
  static List<String> script(String name, String... arguments) {
    try {
      copySources();
      if (!installed()) {
        install();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var command = new ArrayList<>(List.of("node", HOME.resolve(name).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Which version of a package is installed. */
  static String version(String name) {
    var file = HOME.resolve("node_modules").resolve(name).resolve("package.json");
    try {
      return new ObjectMapper().readTree(file.toFile()).get("version").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copySources() throws IOException {
    Files.createDirectories(HOME);
    try (var files = Files.newDirectoryStream(SOURCES, Files::isRegularFile)) {
      for (var file : files) {
        Files.copy(file, HOME.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static boolean installed() throws IOException {
    var done = HOME.resolve("node_modules").resolve("." + LOCK);
    return Files.exists(done)
        && Files.getLastModifiedTime(done)
                .compareTo(Files.getLastModifiedTime(SOURCES.resolve(LOCK)))
            > 0;
  }

  private static void install() {
    System.out.println("installing peers in " + HOME);
    var log = HOME.resolve("npm.log");
    try {
      var process =
          new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
              .directory(HOME.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
        process.destroy();
        throw new NotInstalled("npm ci takes more than " + INSTALL_SECONDS + " s; see " + log);
      }
      if (process.exitValue() != 0) {
        throw new NotInstalled("npm ci failed; see " + log);
      }
    } catch (IOException absent) {
      throw new NotInstalled("there is no npm on the PATH");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
