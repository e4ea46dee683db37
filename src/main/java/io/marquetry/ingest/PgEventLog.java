package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.ingest.core.ContentHash;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The event log in PostgreSQL.
 *
 * <p>One writer assigns positions and has one commit under way at a time, so positions become
 * visible in order and a reader that remembers the last one it saw can never pass over one that
 * commits late. A gap is an event that was known already.
 *
 * <p>A commit that was given up on may still be on its way, in the server or in a socket. So a
 * writer first takes over: it moves the {@code log-writer} checkpoint on, for which it waits until
 * commits under way are through, and every commit checks that the checkpoint is still the one its
 * writer set. What arrives later than that is refused by the database.
 */
final class PgEventLog implements EventLog {
  /**
   * One round trip: whatever message is new is remembered and logged, and its position returned;
   * besides, -1 where the writer is still the writer.
   */
  private static final String APPEND =
      """
      with writer as (
        select 1 from checkpoint
          where component = 'log-writer' and shard = 0 and position = $7 for share),
      incoming as (
        select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::bigint[], $5::bytea[],
                             $8::bigint[])
          as t(position, message, site, received, payload, body)
          where exists (select from writer)),
      fresh as (
        insert into message_seen (message, seen, body)
        select message, $6, body from incoming
        on conflict do nothing returning message),
      logged as (
        insert into event_log (position, received_at, site, message, payload)
        select position, to_timestamp(received / 1000.0), site, message, payload
          from incoming join fresh using (message)
        returning position)
      select position from logged union all select -1 from writer
      """;

  private static final String FENCE =
      """
      insert into checkpoint (component, shard, position) values ('log-writer', 0, 1)
      on conflict (component, shard) do update set position = checkpoint.position + 1
      """;

  /** A statement of its own, so that it sees what the one before had to wait for. */
  private static final String BEGIN =
      """
      update checkpoint set position = greatest(
        (select max(position) from checkpoint),
        (select coalesce(max(position), 0) + 1 from event_log))
      where component = 'log-writer' and shard = 0 returning position
      """;

  private static final String COUNT =
      """
      insert into aggregate_count (site, hour, type, n)
      select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::bigint[])
      on conflict (site, hour, type) do update set n = aggregate_count.n + excluded.n
      """;

  private static final String BURY =
      """
      insert into dead_letter (at, site, stage, reason, detail, message_id, payload, origin)
      select to_timestamp(at / 1000.0), site, stage, reason, detail, id, payload, origin
        from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                    $7::text[], $8::text[])
          as t(at, site, stage, reason, detail, id, payload, origin)
      """;

  private final Pool pool;
  private long writer = -1;

  PgEventLog(Pool pool) {
    this.pool = pool;
  }

  @Override
  public String backend() {
    return "postgresql";
  }

  @Override
  public String place() {
    return "in PostgreSQL";
  }

  @Override
  public Future<Void> prepare(LocalDate today) {
    return pool.preparedQuery("select ensure_day_partitions('event_log', $1, 3)")
        .execute(Tuple.of(today))
        .mapEmpty();
  }

  @Override
  public Future<Long> takeOver() {
    return pool.withTransaction(
            connection ->
                connection
                    .query(FENCE)
                    .execute()
                    .compose(fenced -> connection.query(BEGIN).execute())
                    .map(rows -> rows.iterator().next().getLong(0)))
        .onSuccess(position -> writer = position);
  }

  @Override
  public Future<Set<Long>> append(Batch batch) {
    if (batch.counts().isEmpty() && batch.deadLetters().isEmpty()) {
      return pool.withConnection(connection -> insertEvents(connection, batch));
    }
    return pool.withTransaction(
        connection ->
            keepAside(connection, batch)
                .compose(
                    kept ->
                        batch.events().isEmpty()
                            ? Future.succeededFuture(Set.of())
                            : insertEvents(connection, batch)));
  }

  private Future<Set<Long>> insertEvents(SqlConnection connection, Batch batch) {
    var events = batch.events();
    int n = events.size();
    var positions = new Long[n];
    var messages = new UUID[n];
    var sites = new String[n];
    var received = new Long[n];
    var payloads = new Buffer[n];
    var bodies = new Long[n];
    long latest = 0;
    for (int i = 0; i < n; i++) {
      var incoming = events.get(i);
      positions[i] = batch.firstPosition() + i;
      messages[i] = uuid(incoming.event().message());
      sites[i] = incoming.event().site();
      received[i] = incoming.event().receivedAt();
      payloads[i] = Buffer.buffer(incoming.payload());
      bodies[i] = ContentHash.of(incoming.event());
      latest = Math.max(latest, received[i]); // one that is taken again arrived long ago
    }
    var day = LocalDate.ofInstant(Instant.ofEpochMilli(latest), ZoneOffset.UTC);
    return connection
        .preparedQuery(APPEND)
        .execute(Tuple.of(positions, messages, sites, received, payloads, day, writer, bodies))
        .map(
            rows -> {
              Set<Long> fresh = HashSet.newHashSet(rows.size());
              rows.forEach(row -> fresh.add(row.getLong(0)));
              if (!fresh.remove(-1L)) {
                throw new Superseded();
              }
              return fresh;
            });
  }

  /** The pool is its maker's. */
  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /** Counts and letters, which are rows here wherever events are. */
  static Future<Void> keepAside(SqlConnection connection, Batch batch) {
    return count(connection, batch.counts())
        .compose(counted -> bury(connection, batch.deadLetters()));
  }

  private static Future<Void> count(SqlConnection connection, Map<CountKey, Long> counts) {
    if (counts.isEmpty()) {
      return Future.succeededFuture();
    }
    var keys = List.copyOf(counts.keySet());
    return connection
        .preparedQuery(COUNT)
        .execute(
            Tuple.of(
                keys.stream().map(CountKey::site).toArray(String[]::new),
                keys.stream()
                    .map(key -> key.hour().atOffset(ZoneOffset.UTC))
                    .toArray(OffsetDateTime[]::new),
                keys.stream().map(CountKey::type).toArray(String[]::new),
                keys.stream().map(counts::get).toArray(Long[]::new)))
        .mapEmpty();
  }

  private static Future<Void> bury(SqlConnection connection, List<DeadLetter> letters) {
    if (letters.isEmpty()) {
      return Future.succeededFuture();
    }
    return connection
        .preparedQuery(BURY)
        .execute(
            Tuple.of(
                letters.stream().map(DeadLetter::at).toArray(Long[]::new),
                texts(letters, DeadLetter::site),
                texts(letters, DeadLetter::stage),
                texts(letters, DeadLetter::reason),
                texts(letters, DeadLetter::detail),
                texts(letters, DeadLetter::messageId),
                texts(letters, DeadLetter::payload),
                texts(letters, DeadLetter::origin)))
        .mapEmpty();
  }

  /** PostgreSQL's text cannot hold the character NUL. */
  private static String[] texts(
      List<DeadLetter> letters, java.util.function.Function<DeadLetter, String> field) {
    return letters.stream()
        .map(field)
        .map(text -> text.replace('\0', '\uFFFD'))
        .toArray(String[]::new);
  }

  @Override
  public Future<List<Entry>> read(long after, int limit) {
    return pool.preparedQuery(
            """
            select position, (extract(epoch from received_at) * 1000)::bigint, site, payload
              from event_log where position > $1 order by position limit $2
            """)
        .execute(Tuple.of(after, limit))
        .map(rows -> rows.stream().map(PgEventLog::entry).toList());
  }

  /** Reads back from before a position, newest first. */
  Future<List<Entry>> readBack(long before, int limit) {
    return pool.preparedQuery(
            """
            select position, (extract(epoch from received_at) * 1000)::bigint, site, payload
              from event_log where position < $1 order by position desc limit $2
            """)
        .execute(Tuple.of(before, limit))
        .map(rows -> rows.stream().map(PgEventLog::entry).toList());
  }

  private static Entry entry(Row row) {
    return new Entry(row.getLong(0), row.getLong(1), row.getString(2), row.getBuffer(3).getBytes());
  }

  @Override
  public Future<Map<String, Long>> counts(String site) {
    return pool.preparedQuery(
            "select type, sum(n)::bigint from aggregate_count where site = $1 group by 1 order by"
                + " 1")
        .execute(Tuple.of(site))
        .map(
            rows -> {
              var counts = new java.util.TreeMap<String, Long>();
              rows.forEach(row -> counts.put(row.getString(0), row.getLong(1)));
              return counts;
            });
  }

  private static UUID uuid(Id128 id) {
    return new UUID(id.high(), id.low());
  }
}
