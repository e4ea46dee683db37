package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The truth values that other engines publish for their own conditions. */
@Tag("real-data")
final class PublishedCasesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void test_growthBookCases_agree() throws IOException {
    List<String> wrong = new ArrayList<>();
    JsonNode cases = read("feature-flags/growthbook_cases.json").path("evalCondition");
    for (JsonNode one : cases) {
      var condition = Condition.parseLenient(plain(one.get(1)), groups(one.path(4)));
      if (condition.test(MapView.of(attributes(one.get(2)))) != one.get(3).booleanValue()) {
        wrong.add(one.toString());
      }
    }
    assertThat(cases).hasSizeGreaterThan(100);
    assertThat(wrong).isEmpty();
  }

  @Test
  void parse_growthBookCases_refusesOnlyTheFaultyOnes() throws IOException {
    List<String> refused = new ArrayList<>();
    for (JsonNode one : read("feature-flags/growthbook_cases.json").path("evalCondition")) {
      try {
        var strict = Condition.parse(plain(one.get(1)), groups(one.path(4)));
        assertThat(strict.test(MapView.of(attributes(one.get(2)))))
            .as(one.toString())
            .isEqualTo(one.get(3).asBoolean());
      } catch (MalformedConditionException e) {
        refused.add(one.get(0).asText());
      }
    }
    assertThat(refused)
        .allMatch(name -> name.matches(".*(not array|unknown operator|invalid|unknown group).*"))
        .contains("unknown operator - pass", "$regex invalid - fail");
  }

  @Test
  void test_unomiCases_agree() throws IOException {
    JsonNode file = read("segment-conditions/unomi_condition_evaluator.json");
    List<String> wrong = new ArrayList<>();
    for (JsonNode one : file.path("cases")) {
      JsonNode item = file.path(one.path("item").asText());
      Set<String> segments = new java.util.HashSet<>();
      item.path("segments").forEach(key -> segments.add(key.asText()));
      var view = new MapView(attributes(item), segments);
      if (Condition.parse(translated(one.path("condition"), "")).test(view)
          != one.path("expected").asBoolean()) {
        wrong.add(one.toString());
      }
    }
    assertThat(file.path("cases")).hasSizeGreaterThan(30);
    assertThat(wrong).isEmpty();
  }

  private static Map<String, Object> translated(JsonNode condition, String within) {
    String type = condition.path("type").asText();
    return switch (type) {
      case "booleanCondition" ->
          Map.of(
              "$" + condition.path("operator").asText(),
              list(condition.path("subConditions")).stream()
                  .map(part -> translated(part, within))
                  .toList());
      case "notCondition" -> Map.of("$not", translated(condition.path("subCondition"), within));
      case "nestedCondition" -> {
        String path = condition.path("path").asText();
        yield Map.of(
            path, Map.of("$elemMatch", translated(condition.path("subCondition"), path + ".")));
      }
      case "profileSegmentCondition" -> ofSegments(condition);
      case "profilePropertyCondition" ->
          Map.of(
              condition.path("propertyName").asText().substring(within.length()),
              comparison(
                  condition.path("comparisonOperator").asText(), plain(condition.path("value"))));
      default -> throw new AssertionError("no counterpart for " + type);
    };
  }

  private static Map<String, Object> ofSegments(JsonNode condition) {
    List<Map<String, String>> each =
        list(condition.path("segments")).stream()
            .map(key -> Map.of("$inSegment", key.asText()))
            .toList();
    return switch (condition.path("matchType").asText()) {
      case "in" -> Map.of("$or", each);
      case "notIn" -> Map.of("$nor", each);
      default -> Map.of("$and", each);
    };
  }

  private static Map<String, Object> comparison(String operator, @Nullable Object value) {
    var test = new HashMap<String, Object>();
    switch (operator) {
      case "equals" -> test.put("$eq", value);
      case "notEquals" -> test.put("$ne", value);
      case "lessThan" -> test.put("$lt", value);
      case "greaterThan" -> test.put("$gt", value);
      case "greaterThanOrEqualTo" -> test.put("$gte", value);
      case "in", "all" -> test.put("$in", value);
      case "notIn" -> test.put("$nin", value);
      case "exists" -> test.put("$exists", true);
      case "missing" -> test.put("$exists", false);
      case "endsWith" -> test.put("$regex", value + "$");
      case "contains" -> test.put("$regex", value);
      default -> throw new AssertionError("no counterpart for " + operator);
    }
    return test;
  }

  private static List<JsonNode> list(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  private static Map<String, Object> attributes(JsonNode object) {
    var attributes = new LinkedHashMap<String, Object>();
    object
        .properties()
        .forEach(member -> attributes.put(member.getKey(), plain(member.getValue())));
    return attributes;
  }

  private static Map<String, List<Object>> groups(JsonNode object) {
    var groups = new HashMap<String, List<Object>>();
    object
        .properties()
        .forEach(
            g ->
                groups.put(
                    g.getKey(),
                    new ArrayList<>(
                        list(g.getValue()).stream().map(PublishedCasesTest::plain).toList())));
    return groups;
  }

  /** Plain values; the date wrapper of the Unomi file becomes its number. */
  private static @Nullable Object plain(JsonNode node) {
    if (node.has("date_epoch_ms")) {
      return node.path("date_epoch_ms").longValue();
    }
    if (node.isObject()) {
      return attributes(node);
    }
    return JSON.convertValue(
        node.isArray() ? list(node).stream().map(PublishedCasesTest::plain).toList() : node,
        Object.class);
  }

  private static JsonNode read(String name) throws IOException {
    Path file = Path.of(System.getProperty("marquetry.data", "../shared/data")).resolve(name);
    assumeTrue(Files.exists(file), "published cases are not on this machine: " + name);
    return JSON.readTree(file.toFile());
  }
}
