package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.AllocationRow;
import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.ProfileView;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows a variant that is drawn by lot: an experiment, whose shares are defined, or a bandit, whose
 * shares are learned and come as a table for each epoch.
 *
 * @param rows the first that fits a visitor counts; the last fits everybody
 * @param namespace null where every visitor takes part
 */
record Lottery(
    String kind,
    String key,
    List<Variant> arms,
    List<Shares> rows,
    @Nullable Namespace namespace,
    Reason outside)
    implements Effect.Strategy {
  static final String EXPERIMENT = "experiment";
  static final String BANDIT = "bandit";

  private static final long NO_TABLE = -1;

  /**
   * The part of a namespace whose visitors take part. Experiments of one namespace whose parts do
   * not overlap have no visitor in common.
   *
   * @param from share of visitors, inclusive
   * @param to exclusive
   */
  record Namespace(String key, double from, double to, Assignment lots) {
    boolean holds(Id128 unit) {
      double lot = lots.lot(unit);
      return lot >= from && lot < to;
    }
  }

  @Override
  public String does() {
    return "draws one by “" + key + "”";
  }

  boolean admits(Id128 unit) {
    return namespace == null || namespace.holds(unit);
  }

  /** How the arms share this visitor's like. */
  Shares shares(ProfileView view) {
    for (int i = 0; i < rows.size() - 1; i++) {
      if (rows.get(i).fit(view)) {
        return rows.get(i);
      }
    }
    return rows.getLast();
  }

  /**
   * Reads an experiment: {@code {key?, arms: [{variant, weight?}], namespace?: {key, from, to}}}.
   *
   * @param at path of the strategy, for messages
   * @throws IllegalArgumentException naming what is wrong
   */
  static Lottery experiment(String at, String byDefault, Map<?, ?> json, Variants variants) {
    var key = key(byDefault, json);
    var arms = new ArrayList<Variant>();
    var weights = new ArrayList<Double>();
    for (var arm : list(at, json)) {
      var named = arm instanceof Map<?, ?> map ? map : Map.of();
      var variant = variants.find(Bodies.text(named, "variant"));
      if (variant != null) {
        arms.add(variant);
        weights.add(weight(at, named.get("weight")));
      }
    }
    requireSome(at, arms);
    double sum = weights.stream().mapToDouble(weight -> weight).sum();
    var row =
        new AllocationRow(
            List.of(),
            weights.stream().map(weight -> weight / sum).toList(),
            Collections.nCopies(arms.size(), 1.0));
    var shares = List.of(new Shares(EXPERIMENT, key, 0, arms, row));
    return of(EXPERIMENT, key, arms, shares, namespace(at, json.get("namespace")));
  }

  /**
   * Reads a bandit: {@code {key?, arms: [variant]}}; what else there is says how it learns.
   *
   * @param tables by bandit; without one all arms have the same share
   * @throws IllegalArgumentException naming what is wrong
   */
  static Lottery bandit(
      String at,
      String byDefault,
      Map<?, ?> json,
      Variants variants,
      Map<String, AllocationTable> tables) {
    var key = key(byDefault, json);
    var arms = new ArrayList<Variant>();
    for (var arm : list(at, json)) {
      var variant = variants.find(String.valueOf(arm));
      if (variant != null) {
        arms.add(variant);
      }
    }
    requireSome(at, arms);
    var rows = new ArrayList<Shares>();
    var table = tables.get(key);
    if (table != null) {
      for (var row : table.rows()) {
        var own = rowOf(arms, table, row);
        rows.add(new Shares(BANDIT, key, table.epoch(), arms, own));
      }
    }
    if (table == null || table.rows().isEmpty() || !table.rows().getLast().segments().isEmpty()) {
      rows.add(new Shares(BANDIT, key, NO_TABLE, arms, even(arms.size())));
    }
    return of(BANDIT, key, arms, rows, null);
  }

  private static Lottery of(
      String kind,
      String key,
      List<Variant> arms,
      List<Shares> rows,
      @Nullable Namespace namespace) {
    var outside = new Reason("skipped", key, kind + " “" + key + "” leaves this visitor out");
    return new Lottery(kind, key, List.copyOf(arms), List.copyOf(rows), namespace, outside);
  }

  /** A row of the table for the arms as they are defined; one the table does not know has none. */
  private static AllocationRow rowOf(List<Variant> arms, AllocationTable table, AllocationRow row) {
    var shares = new ArrayList<Double>();
    var best = new ArrayList<Double>();
    for (var arm : arms) {
      int place = table.arms().indexOf(arm.key());
      shares.add(place < 0 ? 0 : Math.max(0, row.probabilities().get(place)));
      best.add(place < 0 ? 0 : row.best().get(place));
    }
    return new AllocationRow(row.segments(), shares, best);
  }

  private static AllocationRow even(int arms) {
    var share = Collections.nCopies(arms, 1.0 / arms);
    return new AllocationRow(List.of(), share, share);
  }

  private static String key(String byDefault, Map<?, ?> json) {
    return json.get("key") instanceof String own && !own.isEmpty() ? own : byDefault;
  }

  private static List<?> list(String at, Map<?, ?> json) {
    if (json.get("arms") instanceof List<?> arms && !arms.isEmpty() && arms.size() <= Long.SIZE) {
      return arms;
    }
    throw new IllegalArgumentException(at + ".arms: a list of 1 to 64 is expected");
  }

  private static void requireSome(String at, List<Variant> arms) {
    if (arms.isEmpty()) {
      throw new IllegalArgumentException(at + ".arms: there is none of these variants");
    }
  }

  private static double weight(String at, @Nullable Object value) {
    return switch (value) {
      case null -> 1;
      case Number weight when weight.doubleValue() > 0 && weight.doubleValue() <= 1e6 ->
          weight.doubleValue();
      default ->
          throw new IllegalArgumentException(at + ".arms.weight: a number above 0 is expected");
    };
  }

  private static @Nullable Namespace namespace(String at, @Nullable Object json) {
    if (json == null) {
      return null;
    }
    var map = json instanceof Map<?, ?> some ? some : Map.of();
    double from = map.get("from") instanceof Number number ? number.doubleValue() : 0;
    double to = map.get("to") instanceof Number number ? number.doubleValue() : 1;
    if (!(from >= 0 && from < to && to <= 1)) {
      throw new IllegalArgumentException(
          at + ".namespace: 0 <= from < to <= 1 is expected, as shares of all visitors");
    }
    var key = Bodies.text(map, "key");
    return new Namespace(key, from, to, new Assignment("namespace/" + key));
  }
}
