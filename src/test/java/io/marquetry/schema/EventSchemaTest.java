package io.marquetry.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.Json;
import io.marquetry.testkit.RealData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventSchemaTest {
  private static EventSchema schema(String json) {
    return EventSchema.compile(Json.readOwn(json.replace('\'', '"')));
  }

  private static List<String> faults(String schema, String value) {
    return schema(schema).check(Json.readOwn(value.replace('\'', '"'))).stream()
        .map(EventSchema.Fault::toString)
        .toList();
  }

  @Test
  void check_validValue_hasNoFault() {
    var schema =
        "{'type':'object','required':['orderId'],'properties':{'orderId':{'type':'string'},"
            + "'total':{'type':'number','minimum':0}}}";
    assertThat(faults(schema, "{'orderId':'o-1','total':12.5,'more':true}")).isEmpty();
    assertThat(faults(schema, "{'orderId':'o-1','total':12}")).isEmpty();
  }

  @Test
  void check_wrongValues_areNamedWithTheirPlace() {
    var schema =
        "{'type':'object','required':['orderId'],'properties':{"
            + "'items':{'type':'array','items':{'properties':{'price':{'type':'number'}}}}}}";
    assertThat(faults(schema, "{'items':[{'price':1},{'price':'2'}]}"))
        .anySatisfy(fault -> assertThat(fault).startsWith("items.1.price "))
        .anySatisfy(fault -> assertThat(fault).contains("orderId"));
  }

  @Test
  void check_manyFaults_areBounded() {
    var schema = "{'additionalProperties':{'type':'number'}}";
    var value = new TreeMap<String, Object>();
    for (int i = 0; i < 100; i++) {
      value.put("p" + i, "text");
    }
    assertThat(schema(schema).check(value)).hasSizeBetween(1, 5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'objekt'}",
        "{'required':'a'}",
        "{'properties':[]}",
        "{'pattern':'('}",
        "{'properties':{'a':{'pattern':'(?=x)'}}}",
        "{'patternProperties':{'(a)\\\\1':{}}}",
        "{'$ref':'https://elsewhere.example/schema.json'}",
        "{'$ref':'#/$defs/none'}",
        "{'$ref':'#'}",
        "{'allOf':[{'$ref':'#'}]}",
        "{'$schema':'https://elsewhere.example/draft'}",
      })
  void compile_whatIsNoSchemaOrCannotBeChecked_isRefused(String json) {
    assertThatThrownBy(() -> schema(json)).isInstanceOf(EventSchema.Faulty.class);
  }

  @Test
  void compile_tooLargeOrTooDeep_isRefused() {
    var wide = Map.<String, Object>of("enum", java.util.Collections.nCopies(2_000, 1L));
    assertThatThrownBy(() -> EventSchema.compile(wide)).isInstanceOf(EventSchema.Faulty.class);
    Map<String, Object> deep = Map.of();
    for (int i = 0; i < 50; i++) {
      deep = Map.of("not", deep);
    }
    var json = deep;
    assertThatThrownBy(() -> EventSchema.compile(json)).isInstanceOf(EventSchema.Faulty.class);
  }

  @Test
  void check_schemaThatLeadsToItselfBelowAProperty_isAnOutcome() {
    var schema =
        schema("{'properties':{'a':{'$ref':'#/$defs/b'}},'$defs':{'b':{'$ref':'#/$defs/b'}}}");
    assertThat(schema.check(Map.of("x", 1L))).isEmpty();
    assertThat(schema.check(Map.of("a", 1L))).hasSize(1);
  }

  /** A pattern that takes others exponential time. */
  @Test
  void check_hostileText_isLinear() {
    var schema =
        schema("{'properties':{'a':{'pattern':'^(a+)+$'}},'patternProperties':{'^(b+)+$':false}}");
    assertThat(schema.check(Map.of("a", "a".repeat(20_000) + "!"))).hasSize(1);
    assertThat(schema.check(Map.of("b".repeat(20_000) + "!", 1L))).isEmpty();
  }

  @Test
  void check_numbers_areEqualByValue() {
    var schema = schema("{'properties':{'a':{'enum':[1, 2.5]},'b':{'uniqueItems':true}}}");
    assertThat(schema.check(Map.of("a", 1.0))).isEmpty();
    assertThat(schema.check(Map.of("a", 2.5, "b", List.of(1L, 2L)))).isEmpty();
    assertThat(schema.check(Map.of("b", List.of(1L, 1.0)))).hasSize(1);
    assertThat(schema.check(Map.of("a", 1.5))).hasSize(1);
  }

  /** The published test suite's required cases; remote references are not ours to follow. */
  @Test
  @Tag("real-data")
  void check_publishedSuite_agrees() {
    var drafts =
        Map.of(
            "draft4", "http://json-schema.org/draft-04/schema#",
            "draft7", "http://json-schema.org/draft-07/schema#",
            "draft2020-12", "https://json-schema.org/draft/2020-12/schema");
    var wrong = new ArrayList<String>();
    var asked = new TreeMap<String, Integer>();
    var suite = RealData.object("json-schema/suite.json.gz");
    drafts.forEach(
        (draft, uri) -> {
          for (var group : (List<?>) suite.get(draft)) {
            asked.merge(draft, run(draft, uri, (Map<?, ?>) group, wrong), Integer::sum);
          }
        });
    assertThat(wrong).as(wrong.size() + " of " + asked).isEmpty();
  }

  @SuppressWarnings("unchecked")
  private static int run(String draft, String uri, Map<?, ?> group, List<String> wrong) {
    if (!(group.get("schema") instanceof Map<?, ?> map)) {
      return 0; // true and false are no definitions of events
    }
    var json = new TreeMap<String, Object>((Map<String, Object>) map);
    json.putIfAbsent("$schema", uri);
    var name = draft + " " + group.get("keyword") + ": " + group.get("description");
    int asked = 0;
    try {
      var schema = EventSchema.compile(json);
      var known = EventSchema.known(json);
      for (var one : (List<?>) group.get("tests")) {
        var test = (Map<?, ?>) one;
        asked++;
        boolean valid = schema.check(test.get("data")).isEmpty();
        if (valid != (Boolean) test.get("valid")
            || valid != known.check(test.get("data")).isEmpty()) {
          wrong.add(name + " / " + test.get("description"));
        }
      }
    } catch (EventSchema.Faulty e) {
      wrong.add(name + " refused: " + e.getMessage());
    }
    return asked;
  }
}
