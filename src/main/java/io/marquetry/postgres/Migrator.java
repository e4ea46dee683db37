package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.output.ValidateOutput;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database to the newest of the files {@code migrations/V0001__what_it_does.sql}.
 *
 * <p>Forward only, each file in a transaction of its own, applied once; a file that was edited or
 * removed after it was applied stops the start. Several processes may do this at the same time:
 * Flyway lets one of them through.
 *
 * <p>Flyway takes longer to load than to find that there is nothing to do. After a run that went
 * well, a digest of the files is left with its history table, and a start that finds the same
 * digest is done after one query; anything else goes through Flyway.
 */
public final class Migrator {

  private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

  private Migrator() {}

  /**
   * Applies what is missing.
   *
   * @return how many files were applied
   * @throws StartupProblem naming the file that is wrong
   */
  public static int migrate(Database database, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new StartupProblem("migrations folder " + folder + " does not exist");
    }
    var files = MigrationFiles.digest(folder);
    if (MigrationFiles.applied(database, files)) {
      return 0;
    }
    var flyway = flyway(database, folder);
    try {
      var result = flyway.migrate();
      MigrationFiles.remember(database, files);
      if (result.migrationsExecuted > 0) {
        LOG.info(
            "applied {} migrations; the database is at {}",
            result.migrationsExecuted,
            result.targetSchemaVersion);
      }
      return result.migrationsExecuted;
    } catch (FlywayException e) {
      throw problem(flyway, folder, e);
    }
  }

  private static Flyway flyway(Database database, Path folder) {
    return Flyway.configure(Migrator.class.getClassLoader())
        .dataSource(database.jdbcUrl(), database.user(), database.password())
        .locations("filesystem:" + folder.toAbsolutePath())
        .failOnMissingLocations(true)
        .validateMigrationNaming(true)
        .ignoreMigrationPatterns(new String[0]) // a database newer than this program is refused too
        .placeholderReplacement(false)
        .cleanDisabled(true)
        .load();
  }

  private static StartupProblem problem(Flyway flyway, Path folder, FlywayException e) {
    if (e instanceof FlywayValidateException) {
      var wrong = flyway.validateWithResult().invalidMigrations;
      return new StartupProblem(
          wrong.isEmpty()
              ? "migrations in " + folder + ": " + e.getMessage()
              : wrong.stream().map(Migrator::complaint).collect(Collectors.joining("; ")),
          e);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof FlywaySqlScriptException script && script.getResource() != null) {
        return new StartupProblem(
            "migration %s fails at line %d: %s"
                .formatted(
                    script.getResource().getFilename(),
                    script.getLineNumber(),
                    databaseReason(script)),
            e);
      }
    }
    return new StartupProblem("migrations in " + folder + ": " + e.getMessage(), e);
  }

  private static String complaint(ValidateOutput wrong) {
    var file = Objects.requireNonNullElse(wrong.filepath, "");
    var name =
        file.isEmpty()
            ? "%s (%s)".formatted(wrong.version, wrong.description)
            : Path.of(file).getFileName().toString();
    return switch (wrong.errorDetails.errorCode) {
      case CoreErrorCode.CHECKSUM_MISMATCH ->
          "migration " + name + " was edited after it was applied; restore it and add a new file";
      case CoreErrorCode.APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED ->
          "the database has migration " + name + ", which this version of Marquetry does not";
      default -> "migration " + name + ": " + wrong.errorDetails.errorMessage;
    };
  }

  private static String databaseReason(Throwable script) {
    var cause = script.getCause();
    return cause == null ? StartupProblem.reason(script) : StartupProblem.reason(cause);
  }
}
