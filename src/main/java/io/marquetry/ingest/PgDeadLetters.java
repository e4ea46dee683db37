package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.DeadLetterMessage.DeadLetters;
import io.marquetry.bus.DeadLetterMessage.GetDeadLetters;
import io.marquetry.bus.DeadLetterMessage.LetterCount;
import io.marquetry.bus.DeadLetterMessage.RetryLetters;
import io.marquetry.bus.DeadLetterMessage.StoredLetter;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was turned down, to be looked at and to be taken again. Letters are written by the log, in
 * the transaction of the commit they belong to.
 */
final class PgDeadLetters {
  /** Outcomes after which a letter waits no longer. */
  static final List<String> SETTLED = List.of("stored", "duplicate", "counted");

  private static final String OPEN = "(outcome not in ('stored', 'duplicate', 'counted'))";

  private static final String FILTER =
      """
      from dead_letter where ($1::text is null or site = $1) and ($2::text is null or stage = $2)
        and ($3::text is null or reason = $3) and ($4::text is null or message_id = $4)
        and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
        and ($7::boolean is null or %s = $7)
      """
          .formatted(OPEN);

  private static final String FIND =
      "select * " + FILTER + " and ($8::bigint is null or id < $8) order by id desc limit $9";

  private static final String COUNT =
      """
      select stage, reason, count(*) as n, count(*) filter (where %s) as open
      %s group by stage, reason order by n desc, stage, reason limit 200
      """
          .formatted(OPEN, FILTER);

  private static final String NEXT =
      """
      select * from dead_letter where id > $1 and %s
        and ($2::bigint[] = '{}' or id = any($2)) and ($3::text is null or reason = $3)
        and ($4::text is null or site = $4) order by id limit $5
      """
          .formatted(OPEN);

  /** Once it is settled, the log has what was sent, or nobody may have it. */
  private static final String MARK =
      """
      update dead_letter d set attempts = d.attempts + 1, retried_at = $4, outcome = t.outcome,
          detail = case when t.settled or t.detail = '' then d.detail else t.detail end,
          payload = case when t.settled then '' else d.payload end,
          origin = case when t.settled then '' else d.origin end
        from (select *, outcome in ('stored', 'duplicate', 'counted') as settled
                from unnest($1::bigint[], $2::text[], $3::text[]) as u(id, outcome, detail)) t
        where d.id = t.id
      """;

  private final Pool pool;

  PgDeadLetters(Pool pool) {
    this.pool = pool;
  }

  /** What became of a letter; {@code detail} where it was turned down again. */
  record Outcome(long id, String outcome, String detail) {}

  Future<DeadLetters> find(GetDeadLetters asked, int limit) {
    var filter =
        Tuple.tuple()
            .addString(asked.site())
            .addString(asked.stage())
            .addString(asked.reason())
            .addString(asked.messageId())
            .addOffsetDateTime(time(asked.from()))
            .addOffsetDateTime(time(asked.to()))
            .addBoolean(asked.open());
    var page = Tuple.tuple();
    for (int i = 0; i < filter.size(); i++) {
      page.addValue(filter.getValue(i));
    }
    page.addLong(asked.before()).addInteger(limit);
    return pool.preparedQuery(FIND)
        .execute(page)
        .map(rows -> rows.stream().map(PgDeadLetters::letter).toList())
        .compose(letters -> counts(filter).map(counts -> new DeadLetters(letters, counts)));
  }

  private Future<List<LetterCount>> counts(Tuple filter) {
    return pool.preparedQuery(COUNT)
        .execute(filter)
        .map(
            rows ->
                rows.stream()
                    .map(
                        row ->
                            new LetterCount(
                                row.getString("stage"),
                                row.getString("reason"),
                                row.getLong("n"),
                                row.getLong("open")))
                    .toList());
  }

  /** Letters that wait, oldest first, behind an id. */
  Future<List<StoredLetter>> next(RetryLetters asked, long after, int limit) {
    return pool.preparedQuery(NEXT)
        .execute(
            Tuple.tuple()
                .addLong(after)
                .addArrayOfLong(asked.ids().toArray(Long[]::new))
                .addString(asked.reason())
                .addString(asked.site())
                .addInteger(limit))
        .map(rows -> rows.stream().map(PgDeadLetters::letter).toList());
  }

  Future<Void> mark(List<Outcome> outcomes, Instant now) {
    if (outcomes.isEmpty()) {
      return Future.succeededFuture();
    }
    return pool.preparedQuery(MARK)
        .execute(
            Tuple.of(
                outcomes.stream().map(Outcome::id).toArray(Long[]::new),
                outcomes.stream().map(Outcome::outcome).toArray(String[]::new),
                outcomes.stream()
                    .map(outcome -> outcome.detail().replace('\0', '\uFFFD'))
                    .toArray(String[]::new),
                now.atOffset(ZoneOffset.UTC)))
        .mapEmpty();
  }

  private static @Nullable OffsetDateTime time(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }

  private static StoredLetter letter(Row row) {
    var retried = row.getOffsetDateTime("retried_at");
    return new StoredLetter(
        row.getLong("id"),
        new DeadLetter(
            row.getString("site"),
            row.getString("stage"),
            row.getString("reason"),
            row.getString("detail"),
            row.getString("message_id"),
            row.getOffsetDateTime("at").toInstant().toEpochMilli(),
            List.of(),
            row.getString("payload"),
            row.getString("origin")),
        row.getInteger("attempts"),
        retried == null ? null : retried.toInstant().toEpochMilli(),
        row.getString("outcome"));
  }

  /** How many letters met which outcome. */
  static void count(Map<String, Long> counts, List<Outcome> outcomes) {
    outcomes.forEach(outcome -> counts.merge(outcome.outcome(), 1L, Long::sum));
  }
}
