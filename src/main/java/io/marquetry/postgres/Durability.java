package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a commit on this server survives a crash, asked of the running session.
 *
 * <p>Asked and not assumed: a role or a database may carry its own {@code synchronous_commit},
 * which outranks the command line of the server.
 */
final class Durability {

  private static final List<String> COMMIT = List.of("fsync", "synchronous_commit");
  private static final List<String> PAGES = List.of("full_page_writes", "data_checksums");

  private Durability() {}

  /** Refuses the embedded server unless everything that protects our data is on. */
  static void verifyEmbedded(Connection session) throws SQLException {
    var asked = new ArrayList<>(COMMIT);
    asked.addAll(PAGES);
    for (var setting : show(session, asked).entrySet()) {
      if (!setting.getValue().equals("on")) {
        throw refusal("the embedded PostgreSQL", setting);
      }
    }
  }

  /**
   * Refuses an outside server that may forget commits. How it protects its pages is left to its
   * operator: some file systems need no full page writes.
   */
  static void verifyOutside(Connection session, String where) throws SQLException {
    for (var setting : show(session, COMMIT).entrySet()) {
      if (setting.getValue().equals("off")) {
        throw refusal("PostgreSQL at " + where, setting);
      }
    }
  }

  private static StartupProblem refusal(String server, Map.Entry<String, String> setting) {
    return new StartupProblem(
        "%s runs with %s=%s, so acknowledged events could be lost; set it to on for this role and database"
            .formatted(server, setting.getKey(), setting.getValue()));
  }

  private static Map<String, String> show(Connection session, List<String> names)
      throws SQLException {
    var values = new LinkedHashMap<String, String>();
    for (var name : names) {
      values.put(name, Database.show(session, name));
    }
    return values;
  }
}
