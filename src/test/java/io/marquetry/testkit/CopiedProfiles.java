package io.marquetry.testkit;

import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Many visitors made from few: whole profiles copied inside the database, under the ids that the
 * server gives to visitors with the names {@code copy-0}, {@code copy-1}, …
 */
public final class CopiedProfiles {
  private final Ids ids;
  private final String site;
  private final IntFunction<String> names;

  /**
   * @param data the server's directory, whose secret the ids are made with
   */
  public CopiedProfiles(Path data, String site) {
    this(data, site, CopiedProfiles::name);
  }

  /**
   * @param names what the copies are called instead
   */
  public CopiedProfiles(Path data, String site, IntFunction<String> names) {
    this.site = site;
    this.names = names;
    try {
      var secrets = Json.readOwn(Files.readAllBytes(data.resolve("secrets.json")));
      ids = new Ids(HexFormat.of().parseHex(String.valueOf(secrets.get("ids"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String name(int number) {
    return "copy-" + number;
  }

  /** The profile of a visitor who was never linked to anything. */
  public Id128 id(String anonymousId) {
    return ids.device(site, anonymousId);
  }

  /**
   * Copies profiles in turns; copy number n is one of {@code originals[n % size]}. Must not be seen
   * by a server that runs: it would take them for new.
   *
   * <p>The table is emptied and filled anew in one transaction, as the rows stand in it and without
   * its indexes: so nothing of it goes through the database's own log, and nothing is left over to
   * be tidied up while somebody measures.
   */
  public void make(Connection database, List<Id128> originals, int copies) {
    try (var statement = database.createStatement()) {
      database.setAutoCommit(false);
      statement.execute("lock table profile in access exclusive mode");
      var before = BinaryRows.of(database, "profile");
      var indexes = indexes(statement);
      statement.execute("truncate profile");
      statement.execute("alter table profile drop constraint profile_pkey");
      for (var index : indexes.keySet()) {
        statement.execute("drop index " + index);
      }
      fill(database, before, originals, copies);
      statement.execute("set local maintenance_work_mem = '512MB'");
      statement.execute("alter table profile add constraint profile_pkey primary key (profile)");
      for (var definition : indexes.values()) {
        statement.execute(definition);
      }
      database.commit();
      database.setAutoCommit(true);
      statement.execute("analyze profile");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Those besides the primary key, and how each is made. */
  private static Map<String, String> indexes(Statement statement) throws SQLException {
    var sql =
        "select indexname, indexdef from pg_indexes"
            + " where tablename = 'profile' and indexname <> 'profile_pkey'";
    var indexes = new LinkedHashMap<String, String>();
    try (var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        indexes.put(rows.getString(1), rows.getString(2));
      }
    }
    return indexes;
  }

  private void fill(Connection database, BinaryRows before, List<Id128> originals, int copies)
      throws SQLException {
    var patterns = before.by("profile", originals.stream().map(CopiedProfiles::bytes).toList());
    try (var filling = before.fill(database)) {
      before.all().forEach(filling::add);
      for (int number = 0; number < copies; number++) {
        var id = id(names.apply(number));
        var row = patterns.get(number % patterns.size());
        row.set("profile", bytes(id));
        row.set("shard", ByteBuffer.allocate(2).putShort((short) Shards.of(id)).array());
        filling.add(row);
      }
    }
  }

  private static byte[] bytes(Id128 id) {
    return ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low()).array();
  }
}
