package io.marquetry.decisioning;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.QueryDecisions;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The decision log in PostgreSQL, in partitions by day. */
final class PgDecisionStore implements DecisionStore {
  /** Stands between the keys of one row's list on the way in; no key has it. */
  private static final String BETWEEN = "\n";

  private static final String APPEND =
      """
      insert into decision (decision, at, site, mode, profile, page, components, variants, rules,
                            consent_version, definitions, micros, body)
      select decision, to_timestamp(at / 1000.0), site, mode, profile, page,
             string_to_array(components, E'\\n'), string_to_array(variants, E'\\n'),
             string_to_array(rules, E'\\n'), consent_version, definitions, micros, body::json
        from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::uuid[], $6::text[],
                    $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::bigint[],
                    $13::text[])
          as t(decision, at, site, mode, profile, page, components, variants, rules,
               consent_version, definitions, micros, body)
      on conflict do nothing
      """;

  private static final int MOST_SHOWN = 500_000;

  private static final String SHOWN =
      """
      select profile, variant, (extract(epoch from at) * 1000)::bigint
        from decision, unnest(variants) variant
        where at > $1 and at <= $2 and profile is not null and mode = 'personalized'
          and variants && $3 and variant = any($3)
        order by at desc limit $4
      """;

  private final Pool pool;

  PgDecisionStore(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Future<Void> prepareDays(LocalDate today) {
    return pool.preparedQuery("select ensure_day_partitions('decision', $1, 3)")
        .execute(Tuple.of(today))
        .mapEmpty();
  }

  @Override
  public Future<Void> append(List<DecisionRecord> decisions) {
    var row =
        Tuple.tuple()
            .addArrayOfUUID(column(decisions, one -> uuid(one.decision())).toArray(UUID[]::new))
            .addArrayOfLong(column(decisions, DecisionRecord::at).toArray(Long[]::new))
            .addArrayOfString(texts(decisions, DecisionRecord::site))
            .addArrayOfString(texts(decisions, one -> one.mode().key()))
            .addArrayOfUUID(decisions.stream().map(PgDecisionStore::profile).toArray(UUID[]::new))
            .addArrayOfString(texts(decisions, DecisionRecord::page))
            .addArrayOfString(texts(decisions, PgDecisionStore::components))
            .addArrayOfString(texts(decisions, PgDecisionStore::variants))
            .addArrayOfString(texts(decisions, PgDecisionStore::rules))
            .addArrayOfLong(column(decisions, DecisionRecord::consentVersion).toArray(Long[]::new))
            .addArrayOfString(texts(decisions, DecisionRecord::definitions))
            .addArrayOfLong(column(decisions, DecisionRecord::micros).toArray(Long[]::new))
            .addArrayOfString(decisions.stream().map(DecisionJson::write).toArray(String[]::new));
    return pool.preparedQuery(APPEND).execute(row).mapEmpty();
  }

  private static <T> List<T> column(
      List<DecisionRecord> decisions, Function<DecisionRecord, T> value) {
    return decisions.stream().map(value).toList();
  }

  /** PostgreSQL's text cannot hold the character NUL, and what is asked for may. */
  private static String[] texts(
      List<DecisionRecord> decisions, Function<DecisionRecord, String> value) {
    return decisions.stream()
        .map(value)
        .map(text -> text.replace('\0', '\uFFFD'))
        .toArray(String[]::new);
  }

  private static String components(DecisionRecord decision) {
    return joined(decision, Choice::component);
  }

  private static String variants(DecisionRecord decision) {
    return joined(
        decision,
        choice -> choice.variant() == null ? "" : choice.component() + "/" + choice.variant());
  }

  private static String joined(DecisionRecord decision, Function<Choice, String> key) {
    return decision.choices().stream()
        .map(key)
        .filter(text -> !text.isEmpty() && !text.contains(BETWEEN))
        .collect(Collectors.joining(BETWEEN));
  }

  private static String rules(DecisionRecord decision) {
    return decision.choices().stream()
        .flatMap(choice -> choice.reasons().stream())
        .filter(reason -> reason.kind().equals("rule") && !reason.key().contains(BETWEEN))
        .map(reason -> reason.key())
        .distinct()
        .collect(Collectors.joining(BETWEEN));
  }

  @Override
  public Future<List<DecisionRecord>> query(QueryDecisions asked) {
    var filter = new DecisionFilter(asked);
    return pool.preparedQuery(filter.sql())
        .execute(filter.arguments())
        .map(rows -> rows.stream().map(DecisionJson::read).toList());
  }

  @Override
  public Future<List<Shown>> shown(List<String> variants, long from, long to) {
    return pool.preparedQuery(SHOWN)
        .execute(Tuple.of(time(from), time(to), variants.toArray(String[]::new), MOST_SHOWN))
        .map(
            rows -> {
              var shown = new ArrayList<Shown>(rows.size());
              for (var row : rows) {
                var id = row.getUUID(0);
                shown.add(
                    new Shown(
                        new Id128(id.getMostSignificantBits(), id.getLeastSignificantBits()),
                        row.getString(1),
                        row.getLong(2)));
              }
              return shown.reversed();
            });
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

  private static @org.jspecify.annotations.Nullable UUID profile(DecisionRecord decision) {
    var profile = decision.profile();
    return profile == null ? null : uuid(profile);
  }
}
