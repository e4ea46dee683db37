package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random conditions over random visitors. */
final class ConditionPropertyTest {
  private static final List<String> PATHS = List.of("a", "b", "m.a", "m.b", "m.m.a");
  private static final List<Object> SCALARS =
      List.of(
          0,
          1,
          2L,
          5,
          10,
          -3,
          0.5,
          5.0,
          true,
          false,
          "",
          "5",
          " 10 ",
          "a",
          "ab",
          "B",
          "1.2.3",
          "v1.10.0-rc.1");
  private static final List<String> PATTERNS =
      List.of("^a", "b$", "a", "[0-9]", "^5$", "a|1", "\\.", "^$", ".b");

  private final Random random = new Random(20260);

  @Test
  void test_randomConditions_agreeWithTheNaiveInterpreter() {
    int[] outcomes = new int[2];
    for (int i = 0; i < 20_000; i++) {
      Map<String, Object> json = condition(3);
      Map<String, Object> attributes = attributes(2);
      boolean compiled = Condition.parse(json).test(MapView.of(attributes));
      assertThat(compiled)
          .as("seed 20260, run %d: %s over %s", i, json, attributes)
          .isEqualTo(NaiveInterpreter.holds(json, attributes));
      outcomes[compiled ? 1 : 0]++;
    }
    assertThat(outcomes[0]).isGreaterThan(4_000);
    assertThat(outcomes[1]).isGreaterThan(4_000);
  }

  @Test
  void explain_randomConditions_agreesWithTestAndNamesOnlyDecidingLeaves() {
    for (int i = 0; i < 5_000; i++) {
      var condition = Condition.parse(condition(3));
      var view = MapView.of(attributes(2));
      var explained = condition.explain(view);
      assertThat(explained.result()).isEqualTo(condition.test(view));
      assertThat(explained.leaves())
          .as(condition.describe())
          .allMatch(leaf -> leaf.held() == explained.result());
    }
  }

  @Test
  void set_randomConditions_agreesWithEachOnItsOwn() {
    for (int i = 0; i < 1_000; i++) {
      List<Condition> conditions = new ArrayList<>();
      for (int j = 0; j < 5; j++) {
        conditions.add(Condition.parse(condition(2)));
      }
      var view = MapView.of(attributes(2));
      var holding = ConditionSet.of(conditions).all(view);
      for (int j = 0; j < 5; j++) {
        assertThat(holding.get(j))
            .as(conditions.get(j).describe())
            .isEqualTo(conditions.get(j).test(view));
      }
    }
  }

  @Test
  void canonical_shuffledOperands_isTheSame() {
    for (int i = 0; i < 2_000; i++) {
      Map<String, Object> json = condition(3);
      assertThat(Condition.parse(shuffled(json))).isEqualTo(Condition.parse(json));
    }
  }

  private Map<String, Object> condition(int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    int size = 1 + random.nextInt(2);
    for (int i = 0; i < size; i++) {
      switch (depth == 0 ? 9 : random.nextInt(10)) {
        case 0 -> members.put("$and", conditions(depth - 1));
        case 1 -> members.put("$or", conditions(depth - 1));
        case 2 -> members.put("$nor", conditions(depth - 1));
        case 3 -> members.put("$not", condition(depth - 1));
        default -> members.put(pick(PATHS), wanted(Math.max(0, depth - 1)));
      }
    }
    return members;
  }

  private List<Object> conditions(int depth) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(condition(depth));
    }
    return list;
  }

  private @Nullable Object wanted(int depth) {
    if (random.nextInt(4) == 0) {
      return value(1);
    }
    Map<String, Object> operators = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      operator(operators, depth);
    }
    return operators;
  }

  private void operator(Map<String, Object> into, int depth) {
    switch (random.nextInt(depth == 0 ? 9 : 13)) {
      case 0 -> into.put(pick(List.of("$eq", "$ne")), pick(SCALARS));
      case 1, 2 ->
          into.put(
              pick(List.of("$gt", "$gte", "$lt", "$lte")),
              pick(List.of(0, 1L, 5, 0.5, "5", "a", "")));
      case 3, 4 -> into.put(pick(List.of("$in", "$nin")), list(0));
      case 5 -> into.put("$exists", random.nextBoolean());
      case 6 -> into.put("$regex", pick(PATTERNS));
      case 7 ->
          into.put(
              pick(List.of("$veq", "$vgt", "$vlt")),
              pick(List.of("1.2.3", "1.10.0", "v1.2.3-rc", "0")));
      case 8 -> into.put("$size", random.nextInt(3));
      case 9 -> into.put("$not", wanted(depth - 1));
      case 10 -> into.put("$all", Collections.singletonList(wanted(depth - 1)));
      case 11 -> into.put("$elemMatch", fieldsOnly(depth - 1));
      default -> into.put("$size", Map.of("$gte", 1));
    }
  }

  private Map<String, Object> fieldsOnly(int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (random.nextBoolean()) {
      operator(members, depth);
    } else {
      members.put("a", wanted(depth));
    }
    return members;
  }

  private Map<String, Object> attributes(int depth) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (String key : List.of("a", "b", "m")) {
      if (random.nextInt(4) > 0) {
        attributes.put(key, key.equals("m") && depth > 0 ? attributes(depth - 1) : value(depth));
      }
    }
    return attributes;
  }

  private @Nullable Object value(int depth) {
    return switch (random.nextInt(depth == 0 ? 7 : 10)) {
      case 0 -> null;
      case 7, 8 -> list(depth - 1);
      case 9 -> attributes(depth - 1);
      default -> pick(SCALARS);
    };
  }

  private List<Object> list(int depth) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(value(depth));
    }
    return list;
  }

  private <T> T pick(List<? extends T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** The same JSON with members in another order, and conditions in lists too. */
  private Map<String, Object> shuffled(Map<String, Object> json) {
    List<String> keys = new ArrayList<>(json.keySet());
    Collections.shuffle(keys, random);
    Map<String, Object> other = new LinkedHashMap<>();
    for (String key : keys) {
      Object value = json.get(key);
      if (value instanceof List<?> list && List.of("$and", "$or", "$nor", "$in").contains(key)) {
        List<Object> turned = new ArrayList<>(list);
        Collections.shuffle(turned, random);
        other.put(key, turned);
      } else {
        other.put(key, value);
      }
    }
    return other;
  }
}
