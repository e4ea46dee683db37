package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** The decision log in PostgreSQL, in partitions by day, with what was shown of decisions. */
final class PgDecisionStore implements DecisionStore {
  private static final String EXPOSE =
      """
      insert into exposure (decision, component, at, site)
      select $1::uuid, component, $2::timestamptz, $3::text from unnest($4::text[]) component
      on conflict do nothing
      """;

  private static final String EXPOSED =
      """
      select decision, component, (extract(epoch from min(at)) * 1000)::bigint, min(site)
        from exposure where decision = any($1) group by decision, component order by 3, 2
      """;

  private static final List<String> TABLES =
      List.of("decision_batch", "decision_choice", "exposure");

  private final Pool pool;
  private final PgDecisionWriter writer;
  private final PgDecisionReader reader;

  PgDecisionStore(Pool pool) {
    this.pool = pool;
    this.writer = new PgDecisionWriter(pool);
    this.reader = new PgDecisionReader(pool);
  }

  @Override
  public Future<Void> prepareDays(LocalDate today) {
    Future<?> prepared = Future.succeededFuture();
    for (var table : TABLES) {
      prepared =
          prepared.compose(
              before ->
                  pool.preparedQuery("select ensure_day_partitions($1, $2, 3)")
                      .execute(Tuple.of(table, today)));
    }
    return prepared.mapEmpty();
  }

  @Override
  public Future<List<String>> removeBefore(LocalDate firstKept) {
    var removed = new TreeSet<String>();
    Future<?> done = Future.succeededFuture();
    for (var table : TABLES) {
      done =
          done.compose(
                  before ->
                      pool.preparedQuery("select drop_day_partitions($1, $2)")
                          .execute(Tuple.of(table, firstKept)))
              .onSuccess(
                  rows -> removed.addAll(List.of(rows.iterator().next().getArrayOfStrings(0))));
    }
    return done.map(all -> List.copyOf(removed));
  }

  @Override
  public Future<Void> append(List<DecisionRecord> decisions) {
    return writer.append(decisions);
  }

  @Override
  public Future<List<DecisionRecord>> query(QueryDecisions asked) {
    return reader.query(asked);
  }

  @Override
  public Future<List<DecisionRecord>> find(List<Id128> decisions) {
    return reader.find(decisions);
  }

  @Override
  public Future<List<Shown>> shown(
      List<String> variants, Set<String> reported, long from, long to) {
    return reader.shown(variants, reported, from, to);
  }

  @Override
  public Future<Coverage> coverage(GetCoverage asked) {
    return reader.coverage(asked);
  }

  @Override
  public Future<Void> expose(Exposed exposed) {
    var components = exposed.components().stream().map(PgValues::plain);
    return pool.preparedQuery(EXPOSE)
        .execute(
            Tuple.of(
                PgValues.uuid(exposed.decision()),
                PgValues.time(exposed.at()),
                exposed.site(),
                components.toArray(String[]::new)))
        .mapEmpty();
  }

  @Override
  public Future<List<Exposed>> exposed(List<Id128> decisions) {
    var ids = decisions.stream().map(PgValues::uuid).toArray(UUID[]::new);
    return pool.preparedQuery(EXPOSED)
        .execute(Tuple.tuple().addArrayOfUUID(ids))
        .map(
            rows -> {
              var exposed = new ArrayList<Exposed>(rows.size());
              for (var row : rows) {
                exposed.add(
                    new Exposed(
                        row.getString(3),
                        PgValues.id(row.getUUID(0)),
                        List.of(row.getString(1)),
                        row.getLong(2)));
              }
              return exposed;
            });
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }
}
