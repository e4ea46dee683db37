package io.marquetry.testkit;

import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Json;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.postgresql.PGConnection;

/**
 * Many visitors made from few: whole profiles copied inside the database, under the ids that the
 * server gives to visitors with the names {@code copy-0}, {@code copy-1}, …
 */
public final class CopiedProfiles {
  private static final int IDS_AT_ONCE = 50_000;

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
   */
  public void make(Connection database, List<Id128> originals, int copies) {
    try (var statement = database.createStatement()) {
      statement.execute("create temp table copy (profile uuid, shard smallint, original uuid)");
      for (int from = 0; from < copies; from += IDS_AT_ONCE) {
        var rows = rows(originals, from, Math.min(copies, from + IDS_AT_ONCE));
        database
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy copy from stdin", new StringReader(rows));
      }
      statement.execute(
          """
          insert into profile (profile, site, shard, position, due_at, state, shown_by, version,
                               since, segments, fields, updated_at)
          select copy.profile, site, copy.shard, position, due_at, state, shown_by, version,
                 since, segments, fields, updated_at
            from copy join profile original on original.profile = copy.original
          """);
      statement.execute("drop table copy");
      statement.execute("analyze profile");
    } catch (SQLException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String rows(List<Id128> originals, int from, int to) {
    var rows = new StringBuilder();
    for (int number = from; number < to; number++) {
      var id = id(names.apply(number));
      var original = originals.get(number % originals.size());
      rows.append(new UUID(id.high(), id.low())).append('\t').append(Shards.of(id)).append('\t');
      rows.append(new UUID(original.high(), original.low())).append('\n');
    }
    return rows.toString();
  }
}
