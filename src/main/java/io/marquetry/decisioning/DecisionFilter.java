package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.kit.Id128;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A question to the decision log as SQL that names only what is asked for.
 *
 * <p>Every condition is put twice: to batches, which have indexes and are unpacked only where they
 * may hold what is wanted, and to each of their decisions. As batches overlap in time, the newest
 * of them tell how far back the newest decisions may lie, and all that reach so far are looked
 * through.
 */
final class DecisionFilter {
  static final int MAX_ROWS = 1_000;

  static final String SELECT =
      """
      select decision, (extract(epoch from at) * 1000)::bigint, site, mode, profile, page,
             consent_version, definitions, micros, choices, signals
        from decision
      """;

  private static final String HOLDS =
      "exists (select from unnest(%s) as made where made in (select number from wanted))";

  private final List<String> conditions = new ArrayList<>();
  private final List<String> ofChoice = new ArrayList<>();
  private final Tuple arguments = Tuple.tuple();
  private final int limit;

  DecisionFilter(QueryDecisions asked) {
    limit = Math.clamp(asked.limit(), 1, MAX_ROWS);
    add(
        conditions,
        "uuid_range(lowest, highest, '[]') @> $%1$d::uuid and decision = $%1$d",
        uuid(asked.decision()));
    add(conditions, "profiles @> array[$%1$d::uuid] and profile = $%1$d", uuid(asked.profile()));
    addChoice(asked);
    add(conditions, "last >= $%1$d and at >= $%1$d", time(asked.from()));
    add(conditions, "first < $%1$d and at < $%1$d", time(asked.to()));
  }

  /**
   * Component, variant and rule have to be those of one choice. A variant is named with its
   * component, or alone and then of whatever component.
   */
  private void addChoice(QueryDecisions asked) {
    add(ofChoice, "component = $%d", asked.component());
    var variant = asked.variant();
    if (variant != null && variant.indexOf('/') >= 0) {
      add(ofChoice, "component || '/' || variant = $%d", variant);
    } else {
      add(ofChoice, "variant = $%d", variant);
    }
    add(ofChoice, "$%d = any(rules)", asked.rule());
    if (!ofChoice.isEmpty()) {
      conditions.add(HOLDS.formatted("numbers"));
      conditions.add(HOLDS.formatted("choices"));
    }
  }

  private void add(List<String> conditions, String condition, @Nullable Object value) {
    if (value != null) {
      arguments.addValue(value instanceof String text ? PgValues.plain(text) : value);
      conditions.add(condition.formatted(arguments.size()));
    }
  }

  private static @Nullable UUID uuid(@Nullable Id128 id) {
    return id == null ? null : PgValues.uuid(id);
  }

  private static @Nullable OffsetDateTime time(@Nullable Long millis) {
    return millis == null ? null : PgValues.time(millis);
  }

  String sql() {
    return """
    with %1$s newest as materialized (
      select at from decision where %2$s order by last desc limit %3$d)
    %4$s where %2$s and last >= coalesce(
        (select min(at) from newest having count(*) = %3$d), '-infinity')
      order by at desc, decision limit %3$d
    """
        .formatted(
            wanted(),
            conditions.isEmpty() ? "true" : String.join(" and ", conditions),
            limit,
            SELECT);
  }

  private String wanted() {
    return ofChoice.isEmpty()
        ? ""
        : "wanted as materialized (select distinct number from decision_choice where %s),"
            .formatted(String.join(" and ", ofChoice));
  }

  Tuple arguments() {
    return arguments;
  }
}
