package io.marquetry.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * One value for the names and contents of all migration files, kept as the comment on Flyway's
 * history table: it goes wherever that table goes, in a dump as in a copy, and needs no table of
 * its own.
 */
final class MigrationFiles {

  private static final String HISTORY = "flyway_schema_history";

  private MigrationFiles() {}

  static String digest(Path folder) {
    try (var paths = Files.walk(folder)) {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var file : paths.filter(Files::isRegularFile).sorted().toList()) {
        var content = Files.readAllBytes(file);
        digest.update((folder.relativize(file) + "\0" + content.length + "\0").getBytes(UTF_8));
        digest.update(content);
      }
      return "files sha256:" + HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new StartupProblem(
          "cannot read migrations folder " + folder + ": " + StartupProblem.reason(e), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean applied(Database database, String digest) {
    try (var session = database.connect();
        var statement =
            session.prepareStatement("SELECT obj_description(to_regclass(?), 'pg_class')")) {
      statement.setString(1, HISTORY);
      try (var rows = statement.executeQuery()) {
        return rows.next() && digest.equals(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new StartupProblem("cannot read the migration history: " + e.getMessage(), e);
    }
  }

  static void remember(Database database, String digest) {
    try (var session = database.connect();
        var statement = session.createStatement()) {
      statement.execute("COMMENT ON TABLE " + HISTORY + " IS '" + digest + "'");
    } catch (SQLException e) {
      throw new StartupProblem("cannot note the migrations: " + e.getMessage(), e);
    }
  }
}
