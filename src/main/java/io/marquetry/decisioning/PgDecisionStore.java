package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.decisioning.ChoiceBook.Entry;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The decision log in PostgreSQL, in partitions by day. */
final class PgDecisionStore implements DecisionStore {
  private static final String ADD_CHOICES =
      """
      insert into decision_choice (day, number, component, variant, rules, body)
      select to_timestamp(day / 1000.0), number, component, variant,
             string_to_array(rules, E'\\n'), body::json
        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
          as t(day, number, component, variant, rules, body)
      on conflict do nothing
      """;

  private static final String APPEND =
      """
      insert into decision (decision, at, site, mode, profile, page, consent_version, definitions,
                            micros, choices, signals)
      select decision, to_timestamp(at / 1000.0), site, mode, profile, page, consent_version,
             definitions, micros, choices::bigint[], signals
        from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::uuid[], $6::text[],
                    $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::bytea[])
          as t(decision, at, site, mode, profile, page, consent_version, definitions, micros,
               choices, signals)
      on conflict do nothing
      """;

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

  private static final int MOST_SHOWN = 500_000;

  private static final String SHOWN =
      """
      with wanted as materialized (
        select distinct number, component, component || '/' || variant as variant
          from decision_choice
          where component || '/' || variant = any($3)
            and day > $1::timestamptz - interval '1 day' and day <= $2)
      select profile, wanted.variant,
             (extract(epoch from coalesce(told.at, decision.at)) * 1000)::bigint
        from decision join wanted on wanted.number = any(choices)
        left join lateral (select min(exposure.at) as at from exposure
                            where page = '' and wanted.component = any($5)
                              and exposure.decision = decision.decision
                              and exposure.component = wanted.component) as told on true
        where decision.at > $1 and decision.at <= $2 and profile is not null
          and mode = 'personalized' and choices && array(select number from wanted)
          and (told.at is not null or page <> '' or not wanted.component = any($5))
        order by decision.at desc limit $4
      """;

  private static final List<String> TABLES = List.of("decision", "decision_choice", "exposure");

  /** Stands between the keys of one row's list on the way in; no key has it. */
  private static final String BETWEEN = "\n";

  private final ChoiceBook book = new ChoiceBook();
  private final Pool pool;

  PgDecisionStore(Pool pool) {
    this.pool = pool;
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
    var numbered = book.number(decisions);
    var missing = numbered.missing();
    return missing.isEmpty()
        ? insert(decisions, numbered.numbers())
        : pool.preparedQuery(ADD_CHOICES)
            .execute(choices(missing))
            .compose(
                added -> {
                  book.stored(missing);
                  return insert(decisions, numbered.numbers());
                });
  }

  private static Tuple choices(List<Entry> entries) {
    int n = entries.size();
    var days = new Long[n];
    var numbers = new Long[n];
    var components = new String[n];
    var variants = new @Nullable String[n];
    var rules = new String[n];
    var bodies = new String[n];
    for (int i = 0; i < n; i++) {
      var entry = entries.get(i);
      var variant = entry.choice().variant();
      days[i] = entry.day();
      numbers[i] = entry.number();
      components[i] = plain(entry.choice().component());
      variants[i] = variant == null ? null : plain(variant);
      rules[i] = rules(entry.choice());
      bodies[i] = entry.body();
    }
    return Tuple.tuple()
        .addArrayOfLong(days)
        .addArrayOfLong(numbers)
        .addArrayOfString(components)
        .addArrayOfString(variants)
        .addArrayOfString(rules)
        .addArrayOfString(bodies);
  }

  /** PostgreSQL's text cannot hold the character NUL, and what is asked for may. */
  private static String plain(String text) {
    return text.replace('\0', '\uFFFD');
  }

  private static String rules(Choice choice) {
    return choice.reasons().stream()
        .filter(reason -> reason.kind().equals("rule") && !reason.key().contains(BETWEEN))
        .map(reason -> plain(reason.key()))
        .distinct()
        .collect(Collectors.joining(BETWEEN));
  }

  private Future<Void> insert(List<DecisionRecord> decisions, List<long[]> numbers) {
    int n = decisions.size();
    var ids = new UUID[n];
    var times = new Long[n];
    var sites = new String[n];
    var modes = new String[n];
    var profiles = new @Nullable UUID[n];
    var pages = new String[n];
    var consents = new Long[n];
    var definitions = new String[n];
    var micros = new Long[n];
    var choices = new String[n];
    var signals = new Buffer[n];
    for (int i = 0; i < n; i++) {
      var decision = decisions.get(i);
      var profile = decision.profile();
      ids[i] = uuid(decision.decision());
      times[i] = decision.at();
      sites[i] = plain(decision.site());
      modes[i] = decision.mode().key();
      profiles[i] = profile == null ? null : uuid(profile);
      pages[i] = plain(decision.page());
      consents[i] = decision.consentVersion();
      definitions[i] = decision.definitions();
      micros[i] = decision.micros();
      choices[i] = list(numbers.get(i));
      signals[i] = Buffer.buffer(DecisionJson.signals(decision));
    }
    var rows =
        Tuple.tuple()
            .addArrayOfUUID(ids)
            .addArrayOfLong(times)
            .addArrayOfString(sites)
            .addArrayOfString(modes)
            .addArrayOfUUID(profiles)
            .addArrayOfString(pages)
            .addArrayOfLong(consents)
            .addArrayOfString(definitions)
            .addArrayOfLong(micros)
            .addArrayOfString(choices)
            .addArrayOfBuffer(signals);
    return pool.preparedQuery(APPEND).execute(rows).mapEmpty();
  }

  /** A list of lists has no form as a parameter; a list as a text has. */
  private static String list(long[] numbers) {
    var text = new StringBuilder(2 + numbers.length * 21).append('{');
    for (int i = 0; i < numbers.length; i++) {
      text.append(i == 0 ? "" : ",").append(numbers[i]);
    }
    return text.append('}').toString();
  }

  @Override
  public Future<List<DecisionRecord>> query(QueryDecisions asked) {
    var filter = new DecisionFilter(asked);
    return pool.preparedQuery(filter.sql()).execute(filter.arguments()).compose(this::read);
  }

  @Override
  public Future<List<DecisionRecord>> find(List<Id128> decisions) {
    var ids = decisions.stream().map(PgDecisionStore::uuid).toArray(UUID[]::new);
    return pool.preparedQuery(DecisionFilter.SELECT + " where decision = any($1)")
        .execute(Tuple.tuple().addArrayOfUUID(ids))
        .compose(this::read);
  }

  /** Finds the choices that rows name by their numbers. */
  private Future<List<DecisionRecord>> read(RowSet<Row> rows) {
    var numbers = new TreeSet<Long>();
    rows.forEach(row -> numbers.addAll(List.of(row.getArrayOfLongs(9))));
    return pool.preparedQuery(
            "select distinct on (number) number, body::text from decision_choice"
                + " where number = any($1)")
        .execute(Tuple.tuple().addArrayOfLong(numbers.toArray(Long[]::new)))
        .map(
            found -> {
              var choices = new HashMap<Long, Choice>();
              found.forEach(
                  row -> choices.put(row.getLong(0), DecisionJson.readChoice(row.getString(1))));
              return rows.stream().map(row -> DecisionJson.read(row, choices)).toList();
            });
  }

  @Override
  public Future<Void> expose(Exposed exposed) {
    var components = exposed.components().stream().map(PgDecisionStore::plain);
    return pool.preparedQuery(EXPOSE)
        .execute(
            Tuple.of(
                uuid(exposed.decision()),
                time(exposed.at()),
                exposed.site(),
                components.toArray(String[]::new)))
        .mapEmpty();
  }

  @Override
  public Future<List<Exposed>> exposed(List<Id128> decisions) {
    var ids = decisions.stream().map(PgDecisionStore::uuid).toArray(UUID[]::new);
    return pool.preparedQuery(EXPOSED)
        .execute(Tuple.tuple().addArrayOfUUID(ids))
        .map(
            rows -> {
              var exposed = new ArrayList<Exposed>(rows.size());
              for (var row : rows) {
                exposed.add(
                    new Exposed(
                        row.getString(3),
                        id(row.getUUID(0)),
                        List.of(row.getString(1)),
                        row.getLong(2)));
              }
              return exposed;
            });
  }

  @Override
  public Future<List<Shown>> shown(
      List<String> variants, Set<String> reported, long from, long to) {
    return pool.preparedQuery(SHOWN)
        .execute(
            Tuple.of(
                time(from),
                time(to),
                variants.toArray(String[]::new),
                MOST_SHOWN,
                reported.toArray(String[]::new)))
        .map(
            rows -> {
              var shown = new ArrayList<Shown>(rows.size());
              for (var row : rows) {
                shown.add(new Shown(id(row.getUUID(0)), row.getString(1), row.getLong(2)));
              }
              return shown.reversed();
            });
  }

  @Override
  public Future<Coverage> coverage(GetCoverage asked) {
    return pool.preparedQuery(PgCoverage.SQL)
        .execute(PgCoverage.arguments(asked))
        .map(PgCoverage::read);
  }

  private static OffsetDateTime time(long millis) {
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
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
