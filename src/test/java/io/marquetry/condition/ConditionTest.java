package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConditionTest {
  /** Where the published cases leave room, this is how we fill it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':'5'}                                  | {'a':5}                        | true",
        "{'a':'5.5'}                                | {'a':5.5}                      | true",
        "{'a':'1e-7'}                               | {'a':1e-7}                     | true",
        "{'a':'0.000001'}                           | {'a':1e-6}                     | true",
        "{'a':'1.5e+25'}                            | {'a':1.5e25}                   | true",
        "{'a':'x,2'}                                | {'a':['x',2]}                  | true",
        "{'a':5}                                    | {'a':' 5.0 '}                  | true",
        "{'a':5}                                    | {'a':'5d'}                     | false",
        "{'a':0}                                    | {}                             | true",
        "{'a':true}                                 | {'a':'yes'}                    | true",
        "{'a':false}                                | {'a':0}                        | true",
        "{'a':false}                                | {}                             | false",
        "{'a':{'$eq':5}}                            | {'a':5.0}                      | true",
        "{'a':{'$eq':5}}                            | {'a':'5'}                      | false",
        "{'a':{'$eq':9007199254740993}}             | {'a':9007199254740992}         | false",
        "{'a':{'$gt':9007199254740992}}             | {'a':9007199254740993}         | true",
        "{'a':{'$ne':null}}                         | {}                             | false",
        "{'a':{'$ne':'x'}}                          | {}                             | true",
        "{'a':{'$lt':'b'}}                          | {'a':5}                        | false",
        "{'a':{'$gte':'b'}}                         | {'a':5}                        | false",
        "{'a':{'$in':[2,null]}}                     | {}                             | true",
        "{'a':{'$in':[2]}}                          | {'a':2.0}                      | true",
        "{'a':{'$in':[2]}}                          | {'a':'2'}                      | false",
        "{'a':{'$nini':['X']}}                      | {'a':'x'}                      | false",
        "{'a':{'$all':[{'$gt':1},{'$lt':0}]}}       | {'a':[5,-5]}                   | true",
        "{'a':{'$all':[{'$gt':1},{'$lt':0}]}}       | {'a':[5,6]}                    | false",
        "{'a':{'$elemMatch':{'$lt':1}}}             | {'a':[0]}                      | false",
        "{'a':{'$elemMatch':{'b':1,'c.d':2}}}       | {'a':[{'b':1},{'b':1,'c':{'d':2}}]} | true",
        "{'a':{'$elemMatch':{'$or':[{'b':1},{'b':2}]}}} | {'a':[{'b':3},{'b':2}]}    | true",
        "{'a':{'$elemMatch':{'$or':[{'b':1},{'b':2}]}}} | {'a':[{'b':3}]}            | false",
        "{'a':{'$regex':'ul'}}                      | {}                             | false",
        "{'a':{'$not':{'$regex':'x'}}}              | {}                             | true",
        "{'a':{'$regex':'^4'}}                      | {'a':42}                       | true",
        "{'a':{'$type':'array'}}                    | {'a':[]}                       | true",
        "{'a':{'$type':'object'}}                   | {'a':{}}                       | true",
        "{'a':{'x':[1,{'y':2}]}}                    | {'a':{'x':[1.0,{'y':2.0}]}}    | true",
        "{'a':{'x':1,'y':2}}                        | {'a':{'y':2,'x':1}}            | true",
        "{'a':{}}                                   | {'a':{}}                       | true",
        "{'a.1.b':3}                                | {'a':[0,{'b':3}]}              | true",
        "{'a.01':3}                                 | {'a':[0,3]}                    | false",
        "{'$nor':[]}                                | {}                             | false",
        "{'$not':{}}                                | {}                             | false",
        "{}                                         | {}                             | true",
      })
  void test_semantics_followTheTable(String condition, String attributes, boolean expected) {
    assertThat(Json.condition(condition).test(Json.view(attributes))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "^/pricing, /pricing/enterprise, true",
    "^/pricing, /x/pricing, false",
    "pri.ing, /pricing, true",
    "\\.html$, /a.html, true",
    "\\.html$, /a.html?x, false",
    "^a$, ab, false",
    "^a$, a, true",
    "a\\\\$, a\\, true",
    "^a|b$, xb, true",
    "a\\$, a$, true",
    "a\\d, a1, true",
  })
  void test_regex_literalAndOperatorPatternsAgreeWithTheirMeaning(
      String pattern, String value, boolean expected) {
    var condition = Condition.parse(Map.of("a", Map.of("$regex", pattern)));
    assertThat(condition.test(MapView.of(Map.of("a", value)))).isEqualTo(expected);
  }

  @Test
  void test_groups_areLookedUpWhenParsing() {
    Map<String, List<Object>> groups = Map.of("testers", List.of(1, "b"));
    var inside = Condition.parse(Json.object("{'id':{'$inGroup':'testers'}}"), groups);
    var outside = Condition.parse(Json.object("{'id':{'$notInGroup':'testers'}}"), groups);

    assertThat(inside.test(Json.view("{'id':1}"))).isTrue();
    assertThat(inside.test(Json.view("{'id':'c'}"))).isFalse();
    assertThat(outside.test(Json.view("{'id':'b'}"))).isFalse();
    assertThat(inside.canonical()).isEqualTo("{\"id\":{\"$in\":[\"b\",1]}}");
  }

  @Test
  void test_inSegment_asksTheView() {
    var condition = Json.condition("{'$inSegment':'vip'}");

    assertThat(condition.test(new MapView(Map.of(), Set.of("vip")))).isTrue();
    assertThat(condition.test(new MapView(Map.of(), Set.of("new")))).isFalse();
  }

  @Test
  void parseLenient_faultyOperators_areNeverTrue() {
    for (String faulty :
        List.of("{'$regx':'b'}", "{'$in':1}", "{'$nin':1}", "{'$regex':'('}", "{'$eq':[1]}")) {
      var lenient = Condition.parseLenient(Map.of("a", Json.object(faulty)), Map.of());
      var inverted =
          Condition.parseLenient(Map.of("a", Map.of("$not", Json.object(faulty))), Map.of());

      assertThat(lenient.test(Json.view("{'a':1}"))).as(faulty).isFalse();
      assertThat(inverted.test(Json.view("{'a':1}"))).as(faulty).isTrue();
    }
    assertThat(Condition.parseLenient(Json.object("{'$xor':[{}]}"), Map.of()).test(Json.view("{}")))
        .isFalse();
  }

  @Test
  void dependencies_nestedCondition_areAllFound() {
    var condition =
        Json.condition(
            """
            {'$and':[{'traits.plan':'pro','traits.age':{'$gt':1}},
                     {'$not':{'$nor':[{'$inSegment':'vip'},{'items':{'$elemMatch':{'sku':'x'}}}]}},
                     {'$did':{'event':'page','where':{'context.page.path':'/'},'within':'session'}},
                     {'$inSegment':'loyal'}]}
            """);

    assertThat(condition.fields())
        .extracting(FieldPath::toString)
        .containsExactly("items", "traits.age", "traits.plan");
    assertThat(condition.segments()).containsExactly("loyal", "vip");
    assertThat(condition.behaviours())
        .flatExtracting(Behaviour::happenings)
        .extracting(Happening::event)
        .containsExactly("page");
    assertThat(condition.isContextualOnly()).isFalse();
  }

  @Test
  void isContextualOnly_dependsOnTheRootsOfFields() {
    assertThat(
            Json.condition("{'geo.country':'DE','session.pageViews':{'$gt':1}}").isContextualOnly())
        .isTrue();
    assertThat(Json.condition("{'geo.country':'DE','visits':{'$gt':1}}").isContextualOnly())
        .isFalse();
    assertThat(Json.condition("{'$inSegment':'vip'}").isContextualOnly()).isFalse();
  }

  @Test
  void equals_orderAndNumberSpelling_makeNoDifference() {
    var one = Json.condition("{'a':1,'b':{'$gt':2,'$in':[3,4]}}");
    var other = Json.condition("{'$and':[{'b':{'$in':[4.0,3],'$gt':2.0}},{'a':1.0}]}");

    assertThat(other).isEqualTo(one).hasSameHashCodeAs(one);
    assertThat(Json.condition("{'a':{'$eq':1}}")).isNotEqualTo(Json.condition("{'a':1}"));
    assertThat(Json.condition("{'a':'1'}")).isNotEqualTo(Json.condition("{'a':1}"));
  }

  @Test
  void source_keepsTheJsonAsGiven() {
    var json = Json.object("{'b':1,'a':{'$gt':2}}");

    assertThat(Condition.parse(json).source()).isSameAs(json);
  }
}
