package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExplanationTest {
  private static final String ENTERPRISE =
      """
      {'$did':{'event':'page','where':{'context.page.path':{'$regex':'^/pricing/enterprise'}},
               'within':'session','count':{'$gte':3}}}
      """;

  /** A visitor who showed every behaviour there is. */
  private record Busy(MapView plain) implements ProfileView {
    @Override
    public @Nullable Object field(FieldPath path) {
      return plain.field(path);
    }

    @Override
    public boolean inSegment(String key) {
      return plain.inSegment(key);
    }

    @Override
    public boolean behaved(Behaviour behaviour) {
      return true;
    }
  }

  @Test
  void explain_true_namesWhatMadeItTrue() {
    var condition =
        Json.condition("{'$or':[{'country':'DE'},{'$inSegment':'vip'}," + ENTERPRISE + "]}");
    var explained =
        condition.explain(new Busy(new MapView(Map.of("country", "FR"), Set.of("vip"))));

    assertThat(explained.result()).isTrue();
    assertThat(explained.leaves())
        .containsExactly(
            new Explained.Leaf("is in segment vip", true),
            new Explained.Leaf(
                "viewed page where context.page.path matches ^/pricing/enterprise at least 3 times in this session",
                true));
  }

  @Test
  void explain_false_namesEveryLeafThatFailed() {
    var condition =
        Json.condition("{'country':'DE','age':{'$gte':18,'$lt':30},'$inSegment':'vip'}");
    var explained = condition.explain(Json.view("{'country':'DE','age':40}"));

    assertThat(explained.result()).isFalse();
    assertThat(explained.leaves())
        .containsExactly(
            new Explained.Leaf("age is less than 30", false),
            new Explained.Leaf("is in segment vip", false));
  }

  @Test
  void explain_underNot_turnsTheWordsRound() {
    var condition = Json.condition("{'$nor':[{'country':'DE'},{'$not':{'plan':'pro'}}]}");

    assertThat(condition.explain(Json.view("{'country':'FR','plan':'pro'}")).leaves())
        .containsExactly(
            new Explained.Leaf("country is not DE", true), new Explained.Leaf("plan is pro", true));
    assertThat(condition.explain(Json.view("{'country':'DE','plan':'pro'}")).leaves())
        .containsExactly(new Explained.Leaf("country is not DE", false));
  }

  @Test
  void explain_emptyCondition_hasNoLeaves() {
    assertThat(Json.condition("{}").explain(Json.view("{}")))
        .isEqualTo(new Explained(true, java.util.List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                              | everybody",
        "{'$not':{}}                                     | nobody",
        "{'country':'DE'}                                | country is DE",
        "{'a':{'$gt':1,'$lte':5}}                        | a is more than 1 and is at most 5",
        "{'a':{'$not':{'$gt':1,'$lte':5}}}               | a is at most 1 or is more than 5",
        "{'a':null}                                      | a is not known",
        "{'a':{'$exists':true}}                          | a is known",
        "{'a':{'$ne':''}}                                | a is not \"\"",
        "{'a':{'$nin':[1,2]}}                            | a is not one of 1, 2",
        "{'a':{'$in':[1,2,3,4,5,6,7,8,9,10]}}            | a is one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more",
        "{'a':{'$ini':['x']}}                            | a is one of x in any case",
        "{'tags':{'$all':['x','y']}}                     | tags has an element that is x and one that is y",
        "{'tags':{'$size':{'$gte':2}}}                   | tags has a size that is at least 2",
        "{'tags':{'$elemMatch':{'$regex':'^a'}}}         | tags has an element that matches ^a",
        "{'items':{'$not':{'$elemMatch':{'sku':'x'}}}}   | items has no element where sku is x",
        "{'a':{'$type':'number'}}                        | a is of type number",
        "{'v':{'$vgte':'1.2'}}                           | v is version 1.2 or later",
        "{'a':{'b':[1,'x']}}                             | a is {\"b\":[1,\"x\"]}",
        "{'$or':[{'a':1,'b':2},{'c':3}]}                 | (a is 1 and b is 2) or c is 3",
        "{'$nor':[{'a':1},{'$inSegment':'x'}]}           | a is not 1 and is not in segment x",
        "{'$did':{'event':'Order Completed'}}            | did Order Completed at least once",
        "{'$not':{'$did':{'event':'Order Completed','within':'P7D'}}} | never did Order Completed in the last 7 days",
        "{'$did':{'event':'screen','count':{'$eq':0},'within':'PT1H30M'}} | never viewed screen in the last 1 hour 30 minutes",
        "{'$did':{'event':'x','count':{'$gt':1,'$ne':4}}} | did x not exactly 4 times and more than once",
        "{'$not':{'$did':{'event':'x','count':{'$gte':3}}}} | did x fewer than 3 times",
        "{'$did':{'event':'x','within':'P30D','sum':{'property':'total','is':{'$gte':499.50}}}} | did x with total adding up to at least 499.5 in the last 30 days",
        "{'$not':{'$did':{'event':'x','distinct':{'property':'productId','is':{'$gte':5}}}}} | did x with less than 5 different values of productId",
        "{'$last':{'event':'Order Completed','ago':{'$lt':'P7D'}}} | last did Order Completed less than 7 days ago",
        "{'$not':{'$first':{'event':'page','ago':{'$gte':'P1D','$lt':'P9D'}}}} | never viewed page or first viewed page at least 9 days ago or less than 1 day ago",
        "{'$sequence':{'steps':[{'event':'a'},{'event':'b','where':{'properties.v':1}}],'within':'PT1H','then':{'not':{'event':'c'},'for':'PT30M'}}} | did a, then did b where properties.v is 1 within 1 hour, and since then never did c for 30 minutes",
        "{'$not':{'$sequence':{'steps':[{'event':'a'},{'event':'b'}]}}} | not (did a, then did b)",
      })
  void describe_condition_readsAsPlainWords(String condition, String words) {
    assertThat(Json.condition(condition).describe()).isEqualTo(words);
  }
}
