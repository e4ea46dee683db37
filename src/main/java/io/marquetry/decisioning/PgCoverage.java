package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.Covered;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Which share of what was served was personalized, as the decision log has it.
 *
 * <p>A slot is personalized where something that is known of the visitor was allowed to count, and
 * a rule, an experiment, a bandit or a model chose what it shows; what the fallback chain shows,
 * the control group and the page's own markup are not. Of very many decisions those of the newest
 * batches are counted.
 */
final class PgCoverage {
  private static final int MOST_DECISIONS = 200_000;
  private static final int MOST_KEYS = 500;

  /** A NUL inside a text cannot be taken apart. */
  static final String SQL =
      """
      with those as materialized (
        select decision, page, mode, choices, signals from decision
          where last >= $1 and first < $2 and at >= $1 and at < $2 and ($3 = '' or site = $3)
          order by last desc limit $4),
      choice as materialized (
        select distinct on (number) number, component,
               variant is not null and body ->> 'strategy' not in ('fallback', 'baseline', 'none')
                 as chosen
          from decision_choice where number in (select unnest(choices) from those)),
      slot as materialized (
        select decision, page, component, mode = 'personalized' and chosen as personalized
          from those cross join lateral unnest(choices) as made(number) join choice using (number)),
      filled as materialized (
        select decision, count(*) as served, count(*) filter (where personalized) as personalized
          from slot group by decision),
      counted as (
        select 'pages' as what, '' as key, count(*) as served,
               count(*) filter (where personalized > 0) as personalized
          from filled join those using (decision) where page <> ''
        union all
        select 'slots', '', count(*), count(*) filter (where personalized) from slot
        union all
        select 'page', page, count(*), count(*) filter (where personalized)
          from slot where page <> '' group by page
        union all
        select 'component', component, count(*), count(*) filter (where personalized)
          from slot group by component
        union all
        select 'segment', segment, sum(served)::bigint, sum(personalized)::bigint
          from filled join those using (decision) cross join lateral json_array_elements_text(
            coalesce(replace(convert_from(signals, 'utf8'), '\\u0000', '\\ufffd')::json
              -> 'segments', '[]')) as member(segment)
          group by segment
        union all
        select 'decisions', '', count(*), 0 from those)
      select what, key, served, personalized from (
        select *, row_number() over (partition by what order by served desc, key) as place
          from counted) as ranked
        where place <= $5 order by what, place
      """;

  private PgCoverage() {}

  static Tuple arguments(GetCoverage asked) {
    var site = asked.site() == null ? "" : asked.site();
    return Tuple.of(
        PgValues.time(asked.from()), PgValues.time(asked.to()), site, MOST_DECISIONS, MOST_KEYS);
  }

  static Coverage read(RowSet<Row> rows) {
    long decisions = of(rows, "decisions").getFirst().served();
    return new Coverage(
        decisions,
        decisions < MOST_DECISIONS,
        of(rows, "pages").getFirst(),
        of(rows, "slots").getFirst(),
        of(rows, "page"),
        of(rows, "component"),
        of(rows, "segment"));
  }

  private static List<Covered> of(RowSet<Row> rows, String what) {
    var found = new ArrayList<Covered>();
    for (var row : rows) {
      if (row.getString(0).equals(what)) {
        found.add(new Covered(row.getString(1), row.getLong(2), row.getLong(3)));
      }
    }
    return found;
  }
}
