package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.decisioning.DecisionStore.Shown;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Finds decisions in the log, and what can be counted from them. */
final class PgDecisionReader {
  /** Each batch is unpacked once, however many of its decisions are asked for. */
  private static final String FIND =
      """
      with batch as materialized (
        select distinct lowest, last from unnest($1::uuid[]) as asked(id)
          join decision_batch on uuid_range(lowest, highest, '[]') @> asked.id)
      """
          + DecisionFilter.SELECT
          + " where (lowest, last) in (select lowest, last from batch) and decision = any($1)";

  private static final int MOST_SHOWN = 500_000;

  private static final String SHOWN =
      """
      with wanted as materialized (
        select distinct number, component, component || '/' || variant as variant
          from decision_choice
          where component || '/' || variant = any($3)
            and day > $1::timestamptz - interval '1 day' and day <= $2)
      select made.profile, wanted.variant,
             (extract(epoch from coalesce(told.at, made.at)) * 1000)::bigint
        from decision_batch as batch
        cross join lateral unnest(decisions, times, profiles, scenes, batch.choices)
          as made(decision, at, profile, scene, choices)
        cross join lateral unnest(string_to_array(made.choices, ' ')) as place
        join wanted on wanted.number = numbers[place::int]
        left join lateral (select min(exposure.at) as at from exposure
                            where pages[made.scene] = '' and wanted.component = any($5)
                              and exposure.decision = made.decision
                              and exposure.component = wanted.component) as told on true
        where last > $1 and first <= $2 and numbers && array(select number from wanted)
          and made.at > $1 and made.at <= $2 and made.profile is not null
          and modes[made.scene] = 'personalized'
          and (told.at is not null or pages[made.scene] <> '' or not wanted.component = any($5))
        order by made.at desc limit $4
      """;

  private static final String CHOICES =
      """
      select distinct on (number) number, body::text from decision_choice where number = any($1)
      """;

  private final Pool pool;

  PgDecisionReader(Pool pool) {
    this.pool = pool;
  }

  /** See {@link DecisionStore#query}. */
  Future<List<DecisionRecord>> query(QueryDecisions asked) {
    var filter = new DecisionFilter(asked);
    return pool.preparedQuery(filter.sql()).execute(filter.arguments()).compose(this::read);
  }

  /** See {@link DecisionStore#find}. */
  Future<List<DecisionRecord>> find(List<Id128> decisions) {
    var ids = decisions.stream().map(PgValues::uuid).toArray(UUID[]::new);
    return pool.preparedQuery(FIND).execute(Tuple.tuple().addArrayOfUUID(ids)).compose(this::read);
  }

  /** Finds the choices that rows name by their numbers. */
  private Future<List<DecisionRecord>> read(RowSet<Row> rows) {
    var numbers = new TreeSet<Long>();
    rows.forEach(row -> numbers.addAll(List.of(row.getArrayOfLongs(9))));
    return pool.preparedQuery(CHOICES)
        .execute(Tuple.tuple().addArrayOfLong(numbers.toArray(Long[]::new)))
        .map(
            found -> {
              var choices = new HashMap<Long, Choice>();
              found.forEach(
                  row -> choices.put(row.getLong(0), DecisionJson.readChoice(row.getString(1))));
              return rows.stream().map(row -> DecisionJson.read(row, choices)).toList();
            });
  }

  /** See {@link DecisionStore#shown}. */
  Future<List<Shown>> shown(List<String> variants, Set<String> reported, long from, long to) {
    return pool.preparedQuery(SHOWN)
        .execute(
            Tuple.of(
                PgValues.time(from),
                PgValues.time(to),
                variants.toArray(String[]::new),
                MOST_SHOWN,
                reported.toArray(String[]::new)))
        .map(
            rows -> {
              var shown = new ArrayList<Shown>(rows.size());
              for (var row : rows) {
                shown.add(new Shown(PgValues.id(row.getUUID(0)), row.getString(1), row.getLong(2)));
              }
              return shown.reversed();
            });
  }

  /** See {@link DecisionStore#coverage}. */
  Future<Coverage> coverage(GetCoverage asked) {
    return pool.preparedQuery(PgCoverage.SQL)
        .execute(PgCoverage.arguments(asked))
        .map(PgCoverage::read);
  }
}
