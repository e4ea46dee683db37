package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.decisioning.ChoiceBook.Entry;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts decisions into the log: first those of their choices that are not there yet today, then rows
 * that name them.
 */
final class PgDecisionWriter {
  private static final String ADD_CHOICES =
      """
      insert into decision_choice (day, number, component, variant, rules, body)
      select to_timestamp(day / 1000.0), number, component, variant,
             string_to_array(rules, E'\\n'), body::json
        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
          as t(day, number, component, variant, rules, body)
      on conflict do nothing
      """;

  private static final String ADD_BATCH =
      """
      insert into decision_batch (lowest, highest, first, last, decisions, times, profiles, scenes,
                                  choices, micros, signals, sites, modes, pages, consents,
                                  definitions, numbers)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
      on conflict do nothing
      """;

  /** Stands between the keys of one row's list on the way in; no key has it. */
  private static final String BETWEEN = "\n";

  private final ChoiceBook book = new ChoiceBook();
  private final Pool pool;

  PgDecisionWriter(Pool pool) {
    this.pool = pool;
  }

  /** See {@link DecisionStore#append}. */
  Future<Void> append(List<DecisionRecord> decisions) {
    if (decisions.isEmpty()) {
      return Future.succeededFuture();
    }
    var numbered = book.number(decisions);
    var rows =
        PgDecisionBatch.cut(decisions, numbered.numbers()).stream()
            .map(PgDecisionBatch::row)
            .toList();
    var missing = numbered.missing();
    var added =
        missing.isEmpty()
            ? Future.succeededFuture()
            : pool.preparedQuery(ADD_CHOICES)
                .execute(choices(missing))
                .onSuccess(done -> book.stored(missing));
    return added.compose(done -> pool.preparedQuery(ADD_BATCH).executeBatch(rows)).mapEmpty();
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
      components[i] = PgValues.plain(entry.choice().component());
      variants[i] = variant == null ? null : PgValues.plain(variant);
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

  private static String rules(Choice choice) {
    return choice.reasons().stream()
        .filter(reason -> reason.kind().equals("rule") && !reason.key().contains(BETWEEN))
        .map(reason -> PgValues.plain(reason.key()))
        .distinct()
        .collect(Collectors.joining(BETWEEN));
  }
}
