package io.marquetry.identity;

import io.marquetry.identity.core.Change;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** The journal of the identity graph in PostgreSQL, and how far in the log it is complete. */
final class PgIdentityStore implements IdentityStore {
  private static final int PAGE = 10_000;
  private static final String READ =
      """
      select position, ordinal, kind, subject, profile, evidence from identity_link
      where (position, ordinal) > ($1, $2) order by position, ordinal limit $3
      """;
  private static final String CHECKPOINT =
      "select position from checkpoint where component = 'identity' and shard = 0";

  /** One statement, hence one transaction: the changes are there if and only if the position is. */
  private static final String STORE =
      """
      with learnt as (
        insert into identity_link (position, ordinal, kind, subject, profile, evidence)
        select * from unnest($1::bigint[], $2::smallint[], $3::text[], $4::uuid[], $5::uuid[],
                             $6::text[])
        on conflict do nothing)
      insert into checkpoint (component, shard, position) values ('identity', 0, $7)
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
    long position = row.getLong(0);
    var subject = id(row.getUUID(3));
    var profile = id(row.getUUID(4));
    return switch (row.getString(2)) {
      case "merge" -> new Joined(position, subject, profile, row.getString(5));
      case "user" -> new Pointed(position, subject, profile, true);
      default -> new Pointed(position, subject, profile, false);
    };
  }

  @Override
  public Future<Void> store(List<Change> changes, long position) {
    int n = changes.size();
    var positions = new Long[n];
    var ordinals = new Short[n];
    var kinds = new String[n];
    var subjects = new UUID[n];
    var profiles = new UUID[n];
    var evidence = new String[n];
    for (int i = 0; i < n; i++) {
      var change = changes.get(i);
      positions[i] = change.position();
      boolean same = i > 0 && changes.get(i - 1).position() == change.position();
      ordinals[i] = same ? (short) (ordinals[i - 1] + 1) : (short) 0;
      switch (change) {
        case Joined joined -> {
          kinds[i] = "merge";
          subjects[i] = uuid(joined.from());
          profiles[i] = uuid(joined.into());
          evidence[i] = joined.evidence();
        }
        case Pointed pointed -> {
          kinds[i] = pointed.user() ? "user" : "device";
          subjects[i] = uuid(pointed.identifier());
          profiles[i] = uuid(pointed.profile());
          evidence[i] = "identify";
        }
      }
    }
    var row = Tuple.tuple();
    row.addArrayOfLong(positions).addArrayOfShort(ordinals).addArrayOfString(kinds);
    row.addArrayOfUUID(subjects).addArrayOfUUID(profiles).addArrayOfString(evidence);
    return pool.preparedQuery(STORE).execute(row.addLong(position)).mapEmpty();
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
