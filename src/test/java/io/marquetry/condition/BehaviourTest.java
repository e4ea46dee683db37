package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BehaviourTest {
  private static Behaviour.Did did(String json) {
    return (Behaviour.Did) Json.condition("{'$did':" + json + "}").behaviours().iterator().next();
  }

  @Test
  void parse_fullLeaf_readsEveryMember() {
    var did =
        did(
            "{'event':'page','where':{'context.page.path':'/'},'within':'P7D','count':{'$gte':3,'$lt':9}}");

    assertThat(did.what().event()).isEqualTo("page");
    assertThat(did.what().where()).isEqualTo(Json.condition("{'context.page.path':'/'}"));
    assertThat(did.window()).isEqualTo(new Window.Sliding(Duration.ofDays(7)));
    assertThat(((Count) did.measure()).bounds())
        .containsExactlyInAnyOrder(
            new Count.Bound(Relation.GTE, 3), new Count.Bound(Relation.LT, 9));
  }

  @Test
  void parse_bareLeaf_meansOnceEver() {
    var did = did("{'event':'Order Completed'}");

    assertThat(did)
        .isEqualTo(
            new Behaviour.Did(
                new Happening("Order Completed", null), new Window.Ever(), Count.AT_LEAST_ONCE));
    assertThat(did)
        .isEqualTo(
            did("{'event':'Order Completed','where':{},'within':'ever','count':{'$gte':1}}"));
  }

  @ParameterizedTest
  @CsvSource({"P2W, P14D", "PT24H, P1D", "PT90M, PT1H30M"})
  void parse_sameDurationWrittenOtherwise_isTheSameBehaviour(String one, String other) {
    var first = did("{'event':'e','within':'" + one + "'}");
    var second = did("{'event':'e','within':'" + other + "'}");

    assertThat(first).isEqualTo(second).hasSameHashCodeAs(second);
    assertThat(first.id()).isEqualTo(second.id());
  }

  @Test
  void id_isStableAndTellsBehavioursApart() {
    var did = did("{'event':'page','where':{'b':2,'a':1},'within':'session','count':{'$gte':3}}");

    assertThat(did.canonical())
        .isEqualTo(
            "{\"$did\":{\"count\":{\"$gte\":3},\"event\":\"page\",\"where\":{\"$and\":[{\"a\":1},{\"b\":2}]},\"within\":\"session\"}}");
    assertThat(did.id()).isEqualTo("92cc1c570dfcf3f5");
    assertThat(did.id())
        .isNotEqualTo(did("{'event':'page','within':'session','count':{'$gte':3}}").id());
  }

  @Test
  void behaviours_sharedByConditions_areEqual() {
    var one = Json.condition("{'$did':{'event':'page','count':{'$gte':3}}}");
    var other =
        Json.condition(
            "{'$or':[{'$did':{'count':{'$gte':3.0},'event':'page'}},{'$inSegment':'x'}]}");

    assertThat(one.behaviours()).isEqualTo(other.behaviours());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "page            | {'type':'page','name':'Home'}                              | true",
        "page            | {'type':'track','event':'page'}                            | true",
        "page            | {'type':'track','event':'Page'}                            | false",
        "Order Completed | {'type':'track','event':'Order Completed'}                 | true",
        "Order Completed | {'type':'page','event':'Order Completed'}                  | false",
        "identify        | {'type':'identify'}                                        | true",
        "page            | {}                                                         | false",
      })
  void matches_event_goesByNameOrType(String event, String fields, boolean expected) {
    assertThat(did("{'event':'" + event + "'}").what().matches(Json.view(fields)))
        .isEqualTo(expected);
  }

  @Test
  void matches_where_readsTheFieldsOfTheEvent() {
    var did = did("{'event':'Product Viewed','where':{'properties.price':{'$gte':100}}}");

    assertThat(
            did.what()
                .matches(
                    Json.view(
                        "{'type':'track','event':'Product Viewed','properties':{'price':120}}")))
        .isTrue();
    assertThat(
            did.what()
                .matches(
                    Json.view(
                        "{'type':'track','event':'Product Viewed','properties':{'price':12}}")))
        .isFalse();
  }

  @Test
  void count_combinedBounds_mustAllHold() {
    var count =
        new Count(List.of(new Count.Bound(Relation.GTE, 2), new Count.Bound(Relation.NE, 4)));

    assertThat(List.of(1L, 2L, 3L, 4L, 5L).stream().filter(count::test))
        .containsExactly(2L, 3L, 5L);
  }

  @Test
  void horizon_cappedCount_decidesLikeTheTrueCount() {
    for (Relation relation : Relation.values()) {
      for (int threshold = 0; threshold <= 5; threshold++) {
        var count = new Count(List.of(new Count.Bound(relation, threshold)));
        for (long occurrences = 0; occurrences < 20; occurrences++) {
          assertThat(count.test(Math.min(occurrences, count.horizon())))
              .as("%s %d of %d", relation, threshold, occurrences)
              .isEqualTo(count.test(occurrences));
        }
      }
    }
  }

  private static Behaviour behaviour(String json) {
    return Json.condition(json).behaviours().iterator().next();
  }

  @Test
  void parse_severalMeasures_areLeavesOfTheirOwn() {
    var condition =
        Json.condition(
            """
            {'$did':{'event':'Order Completed','within':'P30D','count':{'$gte':2},
              'sum':{'property':'total','is':{'$gte':500}},
              'distinct':{'property':'properties.coupon','is':{'$lt':3}}}}
            """);

    assertThat(condition.behaviours())
        .extracting(Behaviour::canonical)
        .containsExactly(
            "{\"$did\":{\"count\":{\"$gte\":2},\"event\":\"Order Completed\",\"within\":\"PT720H\"}}",
            "{\"$did\":{\"event\":\"Order Completed\",\"sum\":{\"is\":{\"$gte\":500},\"property\":\"properties.total\"},\"within\":\"PT720H\"}}",
            "{\"$did\":{\"distinct\":{\"is\":{\"$lt\":3},\"property\":\"properties.coupon\"},\"event\":\"Order Completed\",\"within\":\"PT720H\"}}");
    assertThat(Condition.parse(condition.source())).isEqualTo(condition);
  }

  @Test
  void parse_canonicalForm_isTheSameBehaviourAgain() {
    for (var json :
        List.of(
            "{'$did':{'event':'e','sum':{'property':'a.b','is':{'$gt':0.5,'$lt':9}}}}",
            "{'$did':{'event':'e','within':'session','distinct':{'property':'p','is':{'$eq':2}}}}",
            "{'$last':{'event':'e','where':{'properties.x':1},'ago':{'$lt':'P7D','$gte':'PT1H'}}}",
            "{'$first':{'event':'page','ago':{'$gt':'P1W'}}}",
            "{'$sequence':{'steps':[{'event':'a'},{'event':'b','where':{'properties.x':1}}]}}",
            "{'$sequence':{'steps':[{'event':'a'}],'within':'PT1H','then':{'not':{'event':'c'},'for':'PT30M'}}}")) {
      var behaviour = behaviour(json);

      assertThat(behaviour(behaviour.canonical())).as(json).isEqualTo(behaviour);
    }
  }

  @Test
  void millionths_whateverIsSent_areExactOrNothing() {
    assertThat(
            List.of(1, 2L, 0.1, 19.99, -3.5, "12.50", 123456789012L).stream().map(Sum::millionths))
        .containsExactly(
            1_000_000L,
            2_000_000L,
            100_000L,
            19_990_000L,
            -3_500_000L,
            12_500_000L,
            123456789012_000000L);
    assertThat(
            List.of("", "free", "1e400", 1e13, Double.NaN, true, List.of(5)).stream()
                .map(Sum::millionths))
        .containsOnly(0L);
    assertThat(Sum.millionths(null)).isZero();
  }

  @Test
  void key_ofAValue_goesByItsTextAndNeverChanges() {
    assertThat(Distinct.key("p1")).isEqualTo(0xf64551fcd6f07823L);
    assertThat(Distinct.key(5)).isEqualTo(Distinct.key("5")).isEqualTo(Distinct.key(5.0));
    assertThat(Distinct.key(List.of("p1"))).isEqualTo(Distinct.NO_VALUE);
    assertThat(Distinct.key(null)).isEqualTo(Distinct.NO_VALUE);
  }

  @Test
  void turn_ofAnAge_isTheFirstMillisecondOfTheOtherAnswer() {
    var hour = Duration.ofHours(1);
    for (var relation : List.of(Relation.LT, Relation.LTE, Relation.GT, Relation.GTE)) {
      var bound = new Age.Bound(relation, hour);
      var age = new Age(List.of(bound));

      assertThat(age.test(bound.turn() - 1))
          .as("%s", relation)
          .isNotEqualTo(age.test(bound.turn()));
    }
  }
}
