package io.marquetry.testkit;

import io.marquetry.postgres.DataDirectory;
import io.marquetry.postgres.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;

/**
 * A new PostgreSQL cluster, made and shut down once per checkout in {@code target/test-cluster}, to
 * be copied: that takes a fraction of a second where making one takes several.
 */
public final class TestCluster {

  private static final Path HOME = Path.of("target", "test-cluster").toAbsolutePath();
  private static final Path READY = HOME.resolve("ready");

  private TestCluster() {}

  /** Puts a cluster that was never used into a data directory that has none. */
  public static synchronized void copyTo(Path data) throws IOException {
    linkProgramsTo(data);
    for (var name : new String[] {"postgres", "postgres.password"}) {
      copyTree(HOME.resolve(name), data.resolve(name));
    }
  }

  /** Spares a data directory the unpacking of the programs. */
  public static synchronized void linkProgramsTo(Path data) throws IOException {
    make();
    Files.createDirectories(data);
    try (var programs = Files.newDirectoryStream(HOME, "postgres-*")) {
      for (var home : programs) {
        var link = data.resolve(home.getFileName());
        if (!Files.exists(link)) {
          Files.createSymbolicLink(link, home);
        }
      }
    }
  }

  /** Removes what {@link #linkProgramsTo} has put there. */
  public static void unlinkProgramsFrom(Path data) {
    try (var programs = Files.newDirectoryStream(data, Files::isSymbolicLink)) {
      for (var link : programs) {
        Files.delete(link);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a directory with all that is in it, if it is there. */
  public static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (var paths = Files.walk(root)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void make() throws IOException {
    if (Files.exists(READY)) {
      return;
    }
    try (var data = DataDirectory.open(HOME)) {
      deleteTree(HOME.resolve("postgres"));
      EmbeddedServer.start(data).close();
      Files.createFile(READY);
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (var paths = Files.walk(from)) {
      for (var path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
