package io.marquetry.identity;

import io.marquetry.identity.core.Change;
import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The journal of the identity graph in PostgreSQL, and how far in the log it is complete. */
final class PgIdentityStore implements IdentityStore {
  private static final int PAGE = 10_000;
  private static final String READ =
      """
      select position, ordinal, kind, subject, profile, evidence, at, near, other
      from identity_link
      where (position, ordinal) > ($1, $2) order by position, ordinal limit $3
      """;
  private static final String CHECKPOINT =
      "select position from checkpoint where component = 'identity' and shard = 0";

  /** One statement, hence one transaction: the changes are there if and only if the position is. */
  private static final String STORE =
      """
      with learnt as (
        insert into identity_link
          (position, ordinal, kind, subject, profile, evidence, at, near, other)
        select * from unnest($1::bigint[], $2::smallint[], $3::text[], $4::uuid[], $5::uuid[],
                             $6::text[], $7::bigint[], $8::uuid[], $9::uuid[])
        on conflict do nothing)
      insert into checkpoint (component, shard, position) values ('identity', 0, $10)
      on conflict (component, shard) do update set position = excluded.position
      """;

  private final Pool pool;

  PgIdentityStore(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Future<Long> load(IdentityGraph graph) {
    return read(graph, -1, -1)
        .compose(done -> pool.query(CHECKPOINT).execute())
        .map(rows -> rows.size() == 0 ? 0L : rows.iterator().next().getLong(0));
  }

  private Future<Void> read(IdentityGraph graph, long position, int ordinal) {
    return pool.preparedQuery(READ)
        .execute(Tuple.of(position, ordinal, PAGE))
        .compose(
            rows -> {
              long lastPosition = position;
              int lastOrdinal = ordinal;
              for (var row : rows) {
                graph.apply(change(row));
                lastPosition = row.getLong(0);
                lastOrdinal = row.getInteger(1);
              }
              return rows.size() < PAGE
                  ? Future.succeededFuture()
                  : read(graph, lastPosition, lastOrdinal);
            });
  }

  private static Change change(Row row) {
    return new JournalRow(
            row.getLong(0),
            row.getLong(6),
            row.getString(2),
            id(row.getUUID(3)),
            id(row.getUUID(4)),
            row.getString(5),
            optional(row.getUUID(7)),
            optional(row.getUUID(8)))
        .change();
  }

  @Override
  public Future<Void> store(List<Change> changes, long position) {
    int n = changes.size();
    var ordinals = new Short[n];
    for (int i = 0; i < n; i++) {
      boolean same = i > 0 && changes.get(i - 1).position() == changes.get(i).position();
      ordinals[i] = same ? (short) (ordinals[i - 1] + 1) : (short) 0;
    }
    var rows = changes.stream().map(JournalRow::of).toList();
    var row = Tuple.tuple();
    row.addArrayOfLong(rows.stream().map(JournalRow::position).toArray(Long[]::new));
    row.addArrayOfShort(ordinals);
    row.addArrayOfString(rows.stream().map(JournalRow::kind).toArray(String[]::new));
    row.addArrayOfUUID(uuids(rows, JournalRow::subject));
    row.addArrayOfUUID(uuids(rows, JournalRow::profile));
    row.addArrayOfString(rows.stream().map(JournalRow::evidence).toArray(String[]::new));
    row.addArrayOfLong(rows.stream().map(JournalRow::at).toArray(Long[]::new));
    row.addArrayOfUUID(uuids(rows, JournalRow::near));
    row.addArrayOfUUID(uuids(rows, JournalRow::other));
    return pool.preparedQuery(STORE).execute(row.addLong(position)).mapEmpty();
  }

  private static UUID[] uuids(List<JournalRow> rows, Function<JournalRow, @Nullable Id128> column) {
    var uuids = new UUID[rows.size()];
    for (int i = 0; i < uuids.length; i++) {
      var id = column.apply(rows.get(i));
      uuids[i] = id == null ? null : uuid(id);
    }
    return uuids;
  }

  private static @Nullable Id128 optional(@Nullable UUID uuid) {
    return uuid == null ? null : id(uuid);
  }

  @Override
  public Future<Set<Long>> rebuilt() {
    return pool.query("select position from identity_rebuilt")
        .execute()
        .map(
            rows -> {
              var positions = new HashSet<Long>();
              rows.forEach(row -> positions.add(row.getLong(0)));
              return positions;
            });
  }

  @Override
  public Future<Void> rebuilt(long position) {
    return pool.preparedQuery(
            "insert into identity_rebuilt (position) values ($1) on conflict do nothing")
        .execute(Tuple.of(position))
        .mapEmpty();
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }

  private static UUID uuid(Id128 id) {
    return new UUID(id.high(), id.low());
  }

  private static Id128 id(UUID uuid) {
    return new Id128(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }
}
