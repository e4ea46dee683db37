package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.kit.Id128;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A question to the decision log as SQL that names only what is asked for, so that each question
 * finds its index and passes over days it does not concern.
 */
final class DecisionFilter {
  static final int MAX_ROWS = 1_000;

  static final String SELECT =
      """
      select decision, (extract(epoch from at) * 1000)::bigint, site, mode, profile, page,
             consent_version, definitions, micros, choices, signals
        from decision
      """;

  private final List<String> conditions = new ArrayList<>();
  private final Tuple arguments = Tuple.tuple();
  private final int limit;

  DecisionFilter(QueryDecisions asked) {
    limit = Math.clamp(asked.limit(), 1, MAX_ROWS);
    add("decision = $%d", uuid(asked.decision()));
    add("profile = $%d", uuid(asked.profile()));
    addChoice(asked);
    add("at >= $%d", time(asked.from()));
    add("at < $%d", time(asked.to()));
  }

  /**
   * Component, variant and rule have to be those of one choice. A variant is named with its
   * component, or alone and then of whatever component.
   */
  private void addChoice(QueryDecisions asked) {
    int before = conditions.size();
    add("component = $%d", asked.component());
    var variant = asked.variant();
    if (variant != null && variant.indexOf('/') >= 0) {
      add("component || '/' || variant = $%d", variant);
    } else {
      add("variant = $%d", variant);
    }
    add("$%d = any(rules)", asked.rule());
    var wanted = conditions.subList(before, conditions.size());
    if (wanted.isEmpty()) {
      return;
    }
    var choices =
        "choices && array(select distinct number from decision_choice where %s)"
            .formatted(String.join(" and ", wanted));
    wanted.clear();
    conditions.add(choices);
  }

  private void add(String condition, @Nullable Object value) {
    if (value != null) {
      arguments.addValue(value instanceof String text ? text.replace('\0', '\uFFFD') : value);
      conditions.add(condition.formatted(arguments.size()));
    }
  }

  private static @Nullable UUID uuid(@Nullable Id128 id) {
    return id == null ? null : new UUID(id.high(), id.low());
  }

  private static @Nullable OffsetDateTime time(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }

  String sql() {
    var where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    return SELECT + where + " order by at desc, decision limit " + limit;
  }

  Tuple arguments() {
    return arguments;
  }
}
