package io.marquetry.segmentation;

import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.Passes;
import io.marquetry.segmentation.core.StoredProfile;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Profiles and the checkpoint of segmentation in PostgreSQL. */
final class PgProfileStore implements ProfileStore {
  private static final int PAGE = 2_000;

  /** A row is written by one owner only, so whatever it writes is the newest. */
  private static final String SAVE =
      """
      insert into profile (profile, site, shard, position, due_at, merged_into, state, shown_by,
                           version, since, segments, fields, updated_at)
      select t.*, now() from unnest(
        $1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::timestamptz[], $6::uuid[], $7::bytea[],
        $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::bytea[]) t
      on conflict (profile) do update set
        position = excluded.position, due_at = excluded.due_at, merged_into = excluded.merged_into,
        state = excluded.state, shown_by = excluded.shown_by, version = excluded.version,
        since = excluded.since, segments = excluded.segments, fields = excluded.fields,
        updated_at = excluded.updated_at
      """;

  private static final String CHECKPOINT =
      """
      insert into checkpoint (component, shard, position)
      select 'segmentation', * from unnest($1::int[], $2::bigint[])
      on conflict (component, shard) do update set position = excluded.position
      """;

  /** The newest stays, so that its number is never given again. */
  private static final String FORGET =
      """
      delete from behaviour_pass
        where behaviours = '{}' and pass < (select max(pass) from behaviour_pass)
      """;

  /** The shards of one pass of one owner. */
  private static final String PASSES =
      """
      insert into behaviour_pass (pass, shard, behaviours, since, position, over)
      select $1, shard, $2::text[], since, position, $6
        from unnest($3::int[], $4::bigint[], $5::bigint[]) as t(shard, since, position)
      on conflict (pass, shard) do update set
        behaviours = excluded.behaviours, since = excluded.since, position = excluded.position,
        over = excluded.over
      """;

  private final Pool pool;

  PgProfileStore(Pool pool) {
    this.pool = pool;
  }

  private static @Nullable UUID uuid(@Nullable Id128 id) {
    return id == null ? null : new UUID(id.high(), id.low());
  }

  private static @Nullable OffsetDateTime time(long at) {
    return at == Long.MAX_VALUE
        ? null
        : OffsetDateTime.ofInstant(Instant.ofEpochMilli(at), ZoneOffset.UTC);
  }

  @Override
  public Future<Map<Integer, Long>> checkpoint() {
    return pool.query("select shard, position from checkpoint where component = 'segmentation'")
        .execute()
        .map(
            rows -> {
              var positions = new HashMap<Integer, Long>();
              rows.forEach(row -> positions.put(row.getInteger(0), row.getLong(1)));
              return positions;
            });
  }

  @Override
  public Future<List<Passes.Row>> passes(List<Integer> shards) {
    return pool.preparedQuery(
            """
            select pass, shard, behaviours, since, position, over from behaviour_pass
              where shard = any($1::int[]) order by pass, shard
            """)
        .execute(Tuple.of((Object) shards.toArray(Integer[]::new)))
        .map(
            rows -> {
              var passes = new ArrayList<Passes.Row>(rows.size());
              rows.forEach(
                  row ->
                      passes.add(
                          new Passes.Row(
                              row.getInteger(0),
                              row.getInteger(1),
                              List.of(row.getArrayOfStrings(2)),
                              row.getLong(3),
                              row.getLong(4),
                              row.getBoolean(5))));
              return passes;
            });
  }

  @Override
  public Future<Void> savePasses(List<Passes.Row> rows) {
    return rows.isEmpty()
        ? Future.succeededFuture()
        : pool.withTransaction(connection -> savePasses(connection, rows, 0));
  }

  private static Future<Void> savePasses(SqlConnection connection, List<Passes.Row> rows, int at) {
    if (at == rows.size()) {
      return connection.query(FORGET).execute().mapEmpty();
    }
    int to = at;
    while (to < rows.size() && rows.get(to).pass() == rows.get(at).pass()) {
      to++;
    }
    int end = to;
    var part = rows.subList(at, to);
    return connection
        .preparedQuery(PASSES)
        .execute(
            Tuple.of(
                part.getFirst().pass(),
                part.getFirst().behaviours().toArray(String[]::new),
                part.stream().map(Passes.Row::shard).toArray(Integer[]::new),
                part.stream().map(Passes.Row::since).toArray(Long[]::new),
                part.stream().map(Passes.Row::position).toArray(Long[]::new),
                part.getFirst().over()))
        .compose(done -> savePasses(connection, rows, end));
  }

  @Override
  public Future<Map<String, Long>> sizes(List<Integer> shards) {
    return pool.preparedQuery(
            """
            select segments, count(*) from profile
              where merged_into is null and shard = any($1::int[]) group by segments
            """)
        .execute(Tuple.of((Object) shards.toArray(Integer[]::new)))
        .map(
            rows -> {
              var sizes = new HashMap<String, Long>();
              rows.forEach(row -> sizes.put(row.getString(0), row.getLong(1)));
              return sizes;
            });
  }

  @Override
  public Future<List<Listed>> list(
      List<Integer> shards, Id128 after, int limit, long by, long now) {
    return pool.preparedQuery(
            """
            select profile, site, shown_by = $4 and coalesce(due_at > $5, true), shown_by, version,
                   since, segments, fields
              from profile
              where profile > $1 and merged_into is null and shard = any($2::int[])
              order by profile limit $3
            """)
        .execute(Tuple.of(uuid(after), shards.toArray(Integer[]::new), limit, by, time(now)))
        .map(
            rows -> {
              var listed = new ArrayList<Listed>(rows.size());
              rows.forEach(row -> listed.add(listed(row)));
              return listed;
            });
  }

  private static Listed listed(Row row) {
    var shown =
        new Shown(
            row.getLong(3), row.getLong(4), row.getLong(5), row.getString(6), row.getBuffer(7));
    return new Listed(id(row.getUUID(0)), row.getString(1), row.getBoolean(2), shown);
  }

  @Override
  public Future<List<StoredProfile>> readBehind(List<Integer> shards, Id128 after, int limit) {
    return pool.preparedQuery(
            """
            select profile, merged_into, position, due_at, shown_by,
                   case when merged_into is null then state end
              from profile where profile > $1 and shard = any($2::int[])
              order by profile limit $3
            """)
        .execute(Tuple.of(uuid(after), shards.toArray(Integer[]::new), limit))
        .map(PgProfileStore::all);
  }

  @Override
  public Future<List<StoredProfile>> read(Collection<Id128> ids) {
    return pool.preparedQuery(
            """
            select profile, merged_into, position, due_at, shown_by, state from profile
              where profile = any($1)
            """)
        .execute(Tuple.of((Object) ids.stream().map(PgProfileStore::uuid).toArray(UUID[]::new)))
        .map(PgProfileStore::all);
  }

  @Override
  public Future<List<StoredProfile>> readDue(
      List<Integer> shards, Id128 after, int limit, long now) {
    return pool.preparedQuery(
            """
            select profile, merged_into, position, due_at, shown_by, state from profile
              where due_at <= $1 and profile > $2 and shard = any($3::int[])
              order by profile limit $4
            """)
        .execute(Tuple.of(time(now), uuid(after), shards.toArray(Integer[]::new), limit))
        .map(PgProfileStore::all);
  }

  @Override
  public Future<Void> save(List<Line> lines, Map<Integer, Long> positions) {
    return pool.withTransaction(
        connection -> insert(connection, lines, 0).compose(done -> mark(connection, positions)));
  }

  private static Future<Void> insert(SqlConnection connection, List<Line> lines, int from) {
    if (from >= lines.size()) {
      return Future.succeededFuture();
    }
    int to = Math.min(lines.size(), from + PAGE);
    var part = lines.subList(from, to);
    return connection
        .preparedQuery(SAVE)
        .execute(
            Tuple.of(
                part.stream().map(line -> uuid(line.profile())).toArray(UUID[]::new),
                part.stream().map(Line::site).toArray(String[]::new),
                part.stream().map(Line::shard).toArray(Integer[]::new),
                part.stream().map(Line::position).toArray(Long[]::new),
                part.stream().map(line -> time(line.due())).toArray(OffsetDateTime[]::new),
                part.stream().map(line -> uuid(line.mergedInto())).toArray(UUID[]::new),
                part.stream().map(Line::state).toArray(Buffer[]::new),
                part.stream().map(line -> line.shown().by()).toArray(Long[]::new),
                part.stream().map(line -> line.shown().version()).toArray(Long[]::new),
                part.stream().map(line -> line.shown().since()).toArray(Long[]::new),
                part.stream().map(line -> line.shown().segments()).toArray(String[]::new),
                part.stream().map(line -> line.shown().fields()).toArray(Buffer[]::new)))
        .compose(done -> insert(connection, lines, to));
  }

  private static Future<Void> mark(SqlConnection connection, Map<Integer, Long> positions) {
    if (positions.isEmpty()) {
      return Future.succeededFuture();
    }
    var shards = positions.keySet().toArray(Integer[]::new);
    var reached = new Long[shards.length];
    for (int i = 0; i < shards.length; i++) {
      reached[i] = positions.get(shards[i]);
    }
    return connection
        .preparedQuery(CHECKPOINT)
        .execute(Tuple.of(shards, (Object) reached))
        .mapEmpty();
  }

  private static List<StoredProfile> all(RowSet<Row> rows) {
    var all = new ArrayList<StoredProfile>(rows.size());
    rows.forEach(row -> all.add(stored(row)));
    return all;
  }

  private static StoredProfile stored(Row row) {
    var state = row.getBuffer(5);
    var into = row.getUUID(1);
    var due = row.getOffsetDateTime(3);
    return new StoredProfile(
        id(row.getUUID(0)),
        into == null ? null : id(into),
        row.getLong(2),
        due == null ? Long.MAX_VALUE : due.toInstant().toEpochMilli(),
        row.getLong(4),
        state == null ? Map.of() : Json.readOwn(state.getBytes()));
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }

  private static Id128 id(UUID uuid) {
    return new Id128(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }
}
