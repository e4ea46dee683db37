package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OverlapTest {
  private static Condition condition(String json) {
    return Condition.parse(Json.readOwn(json.replace('\'', '"')));
  }

  private static Overlap of(String one, String other) {
    return Overlap.of(condition(one), condition(other), Map.of());
  }

  @Test
  void of_comparisonsOfOneField_areDecided() {
    assertThat(of("{'geo.country':'DE'}", "{'geo.country':'FR'}")).isEqualTo(Overlap.NEVER);
    assertThat(of("{'geo.country':'DE'}", "{'geo.country':{'$in':['FR','DE']}}"))
        .isEqualTo(Overlap.CERTAIN);
    assertThat(
            of("{'geo.country':{'$in':['DE','AT']}}", "{'geo.country':{'$nin':['DE','AT','CH']}}"))
        .isEqualTo(Overlap.NEVER);
    assertThat(of("{'visits':{'$gt':3}}", "{'visits':{'$lt':4}}")).isEqualTo(Overlap.CERTAIN);
    assertThat(of("{'visits':{'$gt':3}}", "{'visits':{'$lte':3}}")).isEqualTo(Overlap.NEVER);
    assertThat(of("{'visits':{'$gte':3}}", "{'visits':{'$lte':3}}")).isEqualTo(Overlap.CERTAIN);
    assertThat(of("{'isReturning':true}", "{'isReturning':false}")).isEqualTo(Overlap.NEVER);
    assertThat(of("{'traits.plan':{'$exists':false}}", "{'traits.plan':'pro'}"))
        .isEqualTo(Overlap.NEVER);
    assertThat(of("{}", "{'visits':1}")).isEqualTo(Overlap.CERTAIN);
  }

  @Test
  void of_differentFields_areIndependent() {
    assertThat(of("{'geo.country':'DE'}", "{'device.class':'mobile'}")).isEqualTo(Overlap.CERTAIN);
    assertThat(of("{'geo.country':'DE','visits':1}", "{'device.class':'mobile','visits':2}"))
        .isEqualTo(Overlap.NEVER);
  }

  @Test
  void of_alternatives_needOneThatFits() {
    assertThat(of("{'$or':[{'geo.country':'DE'},{'visits':5}]}", "{'geo.country':'FR','visits':5}"))
        .isEqualTo(Overlap.CERTAIN);
    assertThat(of("{'$or':[{'geo.country':'DE'},{'visits':5}]}", "{'geo.country':'FR','visits':6}"))
        .isEqualTo(Overlap.NEVER);
    assertThat(of("{'$nor':[{'geo.country':'DE'}]}", "{'geo.country':'DE'}"))
        .isEqualTo(Overlap.NEVER);
  }

  @Test
  void of_listsMayHoldSeveralValues_isPossible() {
    assertThat(of("{'traits.tags':{'$in':['a']}}", "{'traits.tags':{'$in':['b']}}"))
        .isEqualTo(Overlap.POSSIBLE);
  }

  @Test
  void of_patterns_areNotDecided() {
    assertThat(
            of("{'context.page.path':{'$regex':'^/a'}}", "{'context.page.path':{'$regex':'^/b'}}"))
        .isEqualTo(Overlap.POSSIBLE);
    assertThat(of("{'context.page.path':{'$regex':'^/a'}}", "{'context.page.path':'/abc'}"))
        .isEqualTo(Overlap.CERTAIN);
  }

  @Test
  void of_segments_areWhatTheyAsk() {
    var segments =
        Map.of(
            "germans", condition("{'geo.country':'DE'}"),
            "french", condition("{'geo.country':'FR'}"),
            "european", condition("{'$or':[{'$inSegment':'germans'},{'$inSegment':'french'}]}"));
    var germans = condition("{'$inSegment':'germans'}");
    var french = condition("{'$inSegment':'french'}");
    var european = condition("{'$inSegment':'european'}");
    assertThat(Overlap.of(germans, french, segments)).isEqualTo(Overlap.NEVER);
    assertThat(Overlap.of(germans, european, segments)).isEqualTo(Overlap.CERTAIN);
    var neither = condition("{'$not':{'$inSegment':'european'}}");
    assertThat(Overlap.of(french, neither, segments)).isEqualTo(Overlap.NEVER);
    assertThat(
            Overlap.of(
                condition("{'$inSegment':'vip'}"),
                condition("{'$not':{'$inSegment':'vip'}}"),
                Map.of()))
        .isEqualTo(Overlap.NEVER);
    assertThat(
            Overlap.of(
                condition("{'$inSegment':'vip'}"), condition("{'$inSegment':'new'}"), Map.of()))
        .isEqualTo(Overlap.CERTAIN);
  }

  @Test
  void of_behavioursOfOneEvent_areNotDecided() {
    var three = "{'$did':{'event':'page','count':{'$gte':3}}}";
    var one = "{'$did':{'event':'page','count':{'$gte':1}}}";
    assertThat(of(three, "{'$not':" + one + "}")).isEqualTo(Overlap.POSSIBLE);
    assertThat(of(three, "{'$not':" + three + "}")).isEqualTo(Overlap.NEVER);
    assertThat(of(three, one)).isEqualTo(Overlap.CERTAIN);
  }

  @Test
  void of_fieldsInsideEachOther_isPossible() {
    assertThat(of("{'traits.address':null}", "{'traits.address.city':'Ulm'}"))
        .isEqualTo(Overlap.POSSIBLE);
  }

  /** Whoever meets both is the counterexample to never; sought among many made-up visitors. */
  @Test
  void of_randomConditions_neverSaysNeverOfWhatAVisitorMeets() {
    int never = 0;
    int certain = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      var random = new Random(seed);
      var one = condition(json(random, 0));
      var other = condition(json(random, 0));
      var overlap = Overlap.of(one, other, Map.of());
      never += overlap == Overlap.NEVER ? 1 : 0;
      certain += overlap == Overlap.CERTAIN ? 1 : 0;
      if (overlap == Overlap.NEVER) {
        for (int i = 0; i < 300; i++) {
          var view = visitor(random);
          assertThat(one.test(view) && other.test(view))
              .as("seed %d: %s and %s of %s", seed, one, other, view)
              .isFalse();
        }
      }
    }
    assertThat(never).isGreaterThan(200);
    assertThat(certain).isGreaterThan(200);
  }

  private static String json(Random random, int depth) {
    int kind = random.nextInt(depth > 1 ? 4 : 7);
    return switch (kind) {
      case 0 -> "{'geo.country':'" + country(random) + "'}";
      case 1 -> "{'geo.country':{'$in':['" + country(random) + "','" + country(random) + "']}}";
      case 2 ->
          "{'visits':{'"
              + List.of("$gt", "$gte", "$lt", "$lte", "$ne").get(random.nextInt(5))
              + "':"
              + random.nextInt(4)
              + "}}";
      case 3 -> "{'isReturning':" + random.nextBoolean() + "}";
      case 4 -> "{'$or':[" + json(random, depth + 1) + "," + json(random, depth + 1) + "]}";
      case 5 -> "{'$and':[" + json(random, depth + 1) + "," + json(random, depth + 1) + "]}";
      default -> "{'$not':" + json(random, depth + 1) + "}";
    };
  }

  private static String country(Random random) {
    return List.of("DE", "FR", "IT").get(random.nextInt(3));
  }

  private static MapView visitor(Random random) {
    var values = new HashMap<String, Object>();
    if (random.nextInt(6) > 0) {
      var country = List.of("DE", "FR", "IT", "XX", "").get(random.nextInt(5));
      values.put("geo", Map.of("country", country));
    }
    if (random.nextInt(5) > 0) {
      values.put(
          "visits",
          random.nextInt(2) == 0 ? (Object) (long) random.nextInt(5) : random.nextInt(9) / 2.0);
    }
    if (random.nextInt(4) > 0) {
      values.put("isReturning", random.nextBoolean());
    }
    return MapView.of(values);
  }
}
