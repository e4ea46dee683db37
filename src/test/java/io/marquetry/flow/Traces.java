package io.marquetry.flow;

import io.marquetry.testkit.RunningServer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks for what was left of somebody in the whole database. */
final class Traces {
  private static final String TABLES =
      """
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind = 'r' order by 1
      """;

  private Traces() {}

  /** How many rows each table has; partitions by themselves. */
  static Map<String, Long> rows(RunningServer server) {
    return each(server, "select count(*) from %s");
  }

  /** Tables in which this text stands, in plain or inside bytes, and in how many rows. */
  static Map<String, Long> of(RunningServer server, String text) {
    var hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    var found =
        each(
            server,
            "select count(*) from %s t where position('"
                + text.replace("'", "''")
                + "' in t::text) > 0 or position('"
                + hex
                + "' in t::text) > 0");
    found.values().removeIf(rows -> rows == 0);
    return found;
  }

  private static Map<String, Long> each(RunningServer server, String sql) {
    var counts = new TreeMap<String, Long>();
    List<String> tables = server.column(TABLES);
    try (var session = server.database();
        var statement = session.createStatement()) {
      for (var table : tables) {
        try (var rows = statement.executeQuery(sql.formatted("\"" + table + "\""))) {
          rows.next();
          counts.put(table, rows.getLong(1));
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return counts;
  }
}
