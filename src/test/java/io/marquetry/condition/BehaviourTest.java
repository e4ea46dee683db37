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

    assertThat(did.event()).isEqualTo("page");
    assertThat(did.where()).isEqualTo(Json.condition("{'context.page.path':'/'}"));
    assertThat(did.window()).isEqualTo(new Window.Sliding(Duration.ofDays(7)));
    assertThat(did.count().bounds())
        .containsExactlyInAnyOrder(
            new Count.Bound(Relation.GTE, 3), new Count.Bound(Relation.LT, 9));
  }

  @Test
  void parse_bareLeaf_meansOnceEver() {
    var did = did("{'event':'Order Completed'}");

    assertThat(did)
        .isEqualTo(
            new Behaviour.Did("Order Completed", null, new Window.Ever(), Count.AT_LEAST_ONCE));
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
    assertThat(did("{'event':'" + event + "'}").matches(Json.view(fields))).isEqualTo(expected);
  }

  @Test
  void matches_where_readsTheFieldsOfTheEvent() {
    var did = did("{'event':'Product Viewed','where':{'properties.price':{'$gte':100}}}");

    assertThat(
            did.matches(
                Json.view("{'type':'track','event':'Product Viewed','properties':{'price':120}}")))
        .isTrue();
    assertThat(
            did.matches(
                Json.view("{'type':'track','event':'Product Viewed','properties':{'price':12}}")))
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
}
