package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link Condition#parse} refuses, where it says the fault is, and what it says is expected.
 */
final class StrictnessTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'$and':[{},{'traits.age':{'$gt':null}}]}  | $.$and[1].traits.age.$gt | expected a number or a text, found null",
        "{'a':{'$regx':'b'}}                        | $.a.$regx                | unknown operator $regx; known: $eq, $ne",
        "{'$xor':[]}                                | $.$xor                   | unknown operator $xor; known: $and",
        "{'$lately':{'event':'page'}}               | $.$lately                | known: $and, $or, $nor, $not, $inSegment, $did, $first, $last, $sequence",
        "{'$or':{}}                                 | $.$or                    | expected a list of conditions, found object",
        "{'$or':['x']}                              | $.$or[0]                 | expected a condition object, found string",
        "{'$not':'x'}                               | $.$not                   | expected a condition object",
        "{'a':{'$gt':1,'b':2}}                      | $.a                      | either operators only or plain keys only",
        "{'a..b':1}                                 | $.a..b                   | without empty steps",
        "{'a':{'$eq':[1]}}                          | $.a.$eq                  | compared bare",
        "{'a':{'$ne':{'b':1}}}                      | $.a.$ne                  | compared bare",
        "{'a':{'$in':'x'}}                          | $.a.$in                  | expected a list of values, found string",
        "{'a':{'$nin':[1,[2]]}}                     | $.a.$nin[1]              | expected a text, number",
        "{'a':{'$all':1}}                           | $.a.$all                 | expected a list",
        "{'a':{'$all':[{'$foo':1}]}}                | $.a.$all[0].$foo         | unknown operator",
        "{'a':{'$inGroup':'g'}}                     | $.a.$inGroup             | expected a known group; known: none",
        "{'a':{'$elemMatch':3}}                     | $.a.$elemMatch           | expected operators or a condition",
        "{'a':{'$elemMatch':{'b':1,'$inSegment':'x'}}} | $.a.$elemMatch.$inSegment | known: $and, $or, $nor, $not",
        "{'a':{'$size':'3'}}                        | $.a.$size                | expected a number",
        "{'a':{'$exists':1}}                        | $.a.$exists              | expected true or false, found number",
        "{'a':{'$type':'date'}}                     | $.a.$type                | expected one of null, string",
        "{'a':{'$veq':true}}                        | $.a.$veq                 | expected a version",
        "{'a':{'$regex':3}}                         | $.a.$regex               | expected a regular expression",
        "{'a':{'$regex':'a(?=b)'}}                  | $.a.$regex               | that RE2 can read",
        "{'a':{'$not':{'$regex':'['}}}              | $.a.$not.$regex          | that RE2 can read",
        "{'$inSegment':5}                           | $.$inSegment             | expected the key of a segment",
        "{'$did':'page'}                            | $.$did                   | expected an object with event",
        "{'$did':{}}                                | $.$did.event             | expected the name of an event",
        "{'$did':{'event':'e','sum':{}}}            | $.$did.sum.property      | expected the name of a property",
        "{'$did':{'event':'e','max':{}}}            | $.$did.max               | unknown member max; known: event, where, within, count, sum, distinct",
        "{'$did':{'event':'e','sum':{'property':'p'}}} | $.$did.sum.is         | expected comparisons such as {\"$gte\":500}",
        "{'$did':{'event':'e','sum':{'property':'p','is':{'$gte':'5'}}}} | $.$did.sum.is.$gte | expected a number",
        "{'$did':{'event':'e','sum':{'property':'p','is':{'$gte':0.1234567}}}} | $.$did.sum.is.$gte | at most 6 decimals",
        "{'$did':{'event':'e','sum':{'property':'a..b','is':{'$gte':1}}}} | $.$did.sum.property | without empty steps",
        "{'$did':{'event':'e','distinct':{'property':'p','is':{'$gte':-1}}}} | $.$did.distinct.is.$gte | whole number from 0 to 1000",
        "{'$last':{'event':'page'}}                 | $.$last.ago              | expected comparisons such as {\"$lt\":\"P7D\"}",
        "{'$last':{'event':'e','ago':{'$eq':'P7D'}}} | $.$last.ago.$eq         | unknown operator $eq; known: $lt, $lte, $gt, $gte",
        "{'$first':{'event':'e','ago':{'$lt':7}}}   | $.$first.ago.$lt         | expected a positive ISO-8601 duration",
        "{'$sequence':{}}                           | $.$sequence.steps        | expected a list of up to 8 steps",
        "{'$sequence':{'steps':[{'event':'a'}]}}    | $.$sequence.steps        | expected at least 2 steps, or then",
        "{'$sequence':{'steps':[{'event':'a'},{'where':{}}]}} | $.$sequence.steps[1].event | expected the name of an event",
        "{'$sequence':{'steps':[{'event':'a'},{'event':'b'}],'within':'session'}} | $.$sequence.within | expected \"ever\" or a positive ISO-8601",
        "{'$sequence':{'steps':[{'event':'a'}],'then':{'not':{'event':'b'}}}} | $.$sequence.then.for | positive ISO-8601",
        "{'$sequence':{'steps':[{'event':'a'}],'then':{'for':'PT1H'}}} | $.$sequence.then.not | expected an object with event, where",
        "{'$did':{'event':'e','within':'P1M'}}      | $.$did.within            | ISO-8601 duration",
        "{'$did':{'event':'e','within':'-PT1H'}}    | $.$did.within            | positive",
        "{'$did':{'event':'e','count':3}}           | $.$did.count             | expected comparisons",
        "{'$did':{'event':'e','count':{}}}          | $.$did.count             | expected comparisons",
        "{'$did':{'event':'e','count':{'$in':1}}}   | $.$did.count.$in         | unknown operator $in; known: $eq",
        "{'$did':{'event':'e','count':{'$gte':1.5}}}  | $.$did.count.$gte      | whole number from 0 to 1000",
        "{'$did':{'event':'e','count':{'$gte':1001}}} | $.$did.count.$gte      | whole number from 0 to 1000",
        "{'$did':{'event':'e','where':null}}        | $.$did.where             | expected a condition object",
        "{'$did':{'event':'e','where':{'a':{'$x':1}}}} | $.$did.where.a.$x     | unknown operator",
        "{'$did':{'event':'e','where':{'$did':{}}}} | $.$did.where.$did        | unknown operator $did; known: $and, $or, $nor",
      })
  void parse_malformed_namesPathAndExpectation(String condition, String path, String message) {
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> Json.condition(condition))
        .satisfies(e -> assertThat(e.path()).isEqualTo(path))
        .withMessageStartingWith(path + ": ")
        .withMessageContaining(message);
  }

  @Test
  void parse_noObject_isRefusedEvenLeniently() {
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> Condition.parse(List.of()))
        .withMessage("$: expected a condition object, found array");
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> Condition.parseLenient(null, Map.of()));
  }

  @Test
  void parse_twoHundredOperators_isTheLimit() {
    assertThatNoException()
        .isThrownBy(() -> Condition.parse(Map.of("$or", Collections.nCopies(199, Map.of("a", 1)))));
    for (Object element : List.of(Map.of("a", 1), Map.of())) {
      assertThatExceptionOfType(MalformedConditionException.class)
          .isThrownBy(() -> Condition.parse(Map.of("$or", Collections.nCopies(200, element))))
          .withMessageContaining("$.$or[199]")
          .withMessageContaining("at most 200");
    }
  }

  @Test
  void parse_eightLevels_isTheLimit() {
    assertThatNoException().isThrownBy(() -> Condition.parse(nested(7)));
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> Condition.parse(nested(8)))
        .withMessageContaining("at most 8 deep");
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> Condition.parseLenient(nested(100_000), Map.of()));
  }

  @Test
  void parse_deepConstant_isRefused() {
    Object deep = 1;
    for (int i = 0; i < 100_000; i++) {
      deep = List.of(deep);
    }
    Object constant = deep;
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> Condition.parse(Map.of("a", constant)))
        .withMessageContaining("at most 8 deep");
  }

  private static Map<String, Object> nested(int levels) {
    Map<String, Object> condition = Map.of("a", 1);
    for (int i = 0; i < levels; i++) {
      condition = Map.of("$not", condition);
    }
    return condition;
  }

  @Test
  void parse_longPattern_isRefused() {
    assertThatNoException()
        .isThrownBy(() -> Condition.parse(Map.of("a", Map.of("$regex", "x".repeat(256)))));
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> Condition.parse(Map.of("a", Map.of("$regex", "x".repeat(257)))))
        .withMessageContaining("at most 256 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "(\\Q)\\E(a{999}){3}){999}",
        "([)]a{999}(b){2}){999}",
        "(?:a{500}|[^]]{500}){9}",
        ".{1000}.{1000}",
        "a{99999999999}",
        "(\\p{Greek}{900}){2}",
      })
  void parse_patternThatUnrollsHugely_isRefusedAtOnce(String pattern) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () ->
            assertThatExceptionOfType(MalformedConditionException.class)
                .isThrownBy(
                    () -> Condition.parseLenient(Map.of("a", Map.of("$regex", pattern)), Map.of()))
                .withMessageContaining("at most 1000 states"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "^\\d{1,3}(\\.\\d{1,3}){3}$",
        "[\\w.+-]+@[\\w-]+\\.[a-z]{2,}",
        "(?i)^/(de|en|fr)/\\p{L}{1,40}$",
      })
  void parse_patternsOfDailyUse_areAccepted(String pattern) {
    assertThatNoException()
        .isThrownBy(() -> Condition.parse(Map.of("a", Map.of("$regex", pattern))));
  }

  @Test
  void test_catastrophicPattern_takesLinearTime() {
    var condition = Condition.parse(Map.of("a", Map.of("$regex", "(.*,){12}X")));
    var view = MapView.of(Map.of("a", "1,2,3,4,5,6,7,8,9,".repeat(1000)));

    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThat(condition.test(view)).isFalse());
  }
}
