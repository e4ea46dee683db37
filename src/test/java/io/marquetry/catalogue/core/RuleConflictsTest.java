package io.marquetry.catalogue.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Conflict;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.catalogue.core.Definitions.Latest;
import io.marquetry.platform.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleConflictsTest {
  private Definitions all = Definitions.NONE;

  RuleConflictsTest() {
    put(Kind.SEGMENT, "germans", "{'key':'germans','condition':{'geo.country':'DE'}}");
    put(Kind.SEGMENT, "french", "{'key':'french','condition':{'geo.country':'FR'}}");
    for (var component : List.of("hero", "cta")) {
      put(
          Kind.COMPONENT,
          component,
          "{'key':'%s','fields':[],'template':'x','fallback':['a']}".formatted(component));
      for (var variant : List.of("a", "b", "c")) {
        put(
            Kind.VARIANT,
            component + "/" + variant,
            "{'component':'%s','key':'%s','content':{}}".formatted(component, variant));
      }
    }
  }

  private void put(Kind kind, String key, String json) {
    var body = DefinitionRules.check(all, kind, key, Json.readOwn(json.replace('\'', '"')));
    all = all.with(new Latest(kind, key, all.version(kind, key) + 1, body));
  }

  private List<Conflict> rule(String key, int priority, String when, String then) {
    return rule(key, "hero", priority, when, then, "");
  }

  private List<Conflict> rule(
      String key, String component, int priority, String when, String then, String more) {
    put(
        Kind.RULE,
        key,
        "{'key':'%s','component':'%s','priority':%d,'when':%s,'then':%s%s}"
            .formatted(key, component, priority, when, then, more));
    return RuleConflicts.of(all, key);
  }

  private static List<String> said(List<Conflict> conflicts) {
    return conflicts.stream()
        .map(one -> one.kind() + " " + one.overlap() + " " + String.join(",", one.rules()))
        .toList();
  }

  @Test
  void of_samePriorityBothShow_isReportedToWhoeverSavesLast() {
    assertThat(rule("one", 5, "{}", "{'show':'a'}")).isEmpty();
    var conflicts = rule("two", 5, "{'visits':{'$gt':2}}", "{'show':'b'}");
    assertThat(said(conflicts)).containsExactly("same-priority certain two,one");
    assertThat(conflicts.getFirst().text()).contains("“one” is asked first");
    assertThat(rule("three", 6, "{}", "{'show':'c'}")).isEmpty();
    assertThat(rule("other", "cta", 5, "{}", "{'show':'b'}", "")).isEmpty();
  }

  @Test
  void of_sameConsequence_isNone() {
    rule("one", 5, "{}", "{'show':'a'}");
    assertThat(rule("two", 5, "{}", "{'show':'a'}")).isEmpty();
  }

  @Test
  void of_conditionsThatExcludeEachOther_isNone() {
    rule("one", 5, "{'$inSegment':'germans'}", "{'show':'a'}");
    assertThat(rule("two", 5, "{'$inSegment':'french'}", "{'show':'b'}")).isEmpty();
    assertThat(said(rule("three", 5, "{'$not':{'$inSegment':'french'}}", "{'show':'c'}")))
        .containsExactly("same-priority certain three,one");
  }

  @Test
  void of_conditionsThatCannotBeTold_isPossible() {
    rule("one", 5, "{'context.page.path':{'$regex':'^/a'}}", "{'show':'a'}");
    assertThat(said(rule("two", 5, "{'context.page.path':{'$regex':'^/b'}}", "{'show':'b'}")))
        .containsExactly("same-priority possible two,one");
  }

  @Test
  void of_oneTakesOutWhatTheOtherShows_isReported() {
    rule("pin", 5, "{}", "{'show':'a'}");
    assertThat(said(rule("out", 5, "{}", "{'exclude':['a']}")))
        .containsExactly("same-priority certain out,pin");
    assertThat(rule("else", 5, "{}", "{'exclude':['b']}")).isEmpty();
    assertThat(rule("up", 5, "{}", "{'boost':{'a':2}}")).isEmpty();
    var cap = "{'cap':{'variants':['a'],'exposures':2,'within':'P1D'}}";
    assertThat(said(rule("cap", 5, "{}", cap))).containsExactly("same-priority certain cap,pin");
  }

  @Test
  void of_strategyAndBoost_dependOnOrder() {
    rule("own", 5, "{}", "{'strategy':{'kind':'first-eligible'}}");
    assertThat(said(rule("up", 5, "{}", "{'boost':{'a':2}}")))
        .containsExactly("same-priority certain up,own");
    assertThat(rule("up-other", 5, "{}", "{'boost':{'b':2}}")).isEmpty();
  }

  @Test
  void of_schedulesThatDoNotMeetOrSwitchedOff_isNone() {
    var may = ",'schedule':{'from':'2026-05-01T00:00:00Z','to':'2026-06-01T00:00:00Z'}";
    var june = ",'schedule':{'from':'2026-06-01T00:00:00Z'}";
    rule("may", "hero", 5, "{}", "{'show':'a'}", may);
    assertThat(rule("june", "hero", 5, "{}", "{'show':'b'}", june)).isEmpty();
    assertThat(said(rule("june", "hero", 5, "{}", "{'show':'b'}", "")))
        .containsExactly("same-priority certain june,may");
    assertThat(rule("june", "hero", 5, "{}", "{'show':'b'}", ",'enabled':false")).isEmpty();
  }

  @Test
  void of_constraintAndTwoPins_isReportedFromBothSides() {
    rule("hero-pin", "hero", 3, "{'$inSegment':'germans'}", "{'show':'a'}", "");
    rule("cta-pin", "cta", 9, "{}", "{'show':'a'}", "");
    put(
        Kind.RULE,
        "apart",
        "{'key':'apart','kind':'constraint','never':[{'component':'hero','variant':'a'},"
            + "{'component':'cta','variant':'a'}]}");
    assertThat(said(RuleConflicts.of(all, "apart")))
        .containsExactly("constraint certain apart,cta-pin,hero-pin");
    assertThat(said(RuleConflicts.of(all, "hero-pin")))
        .containsExactly("constraint certain apart,cta-pin,hero-pin");
    assertThat(rule("cta-pin", "cta", 9, "{'$inSegment':'french'}", "{'show':'a'}", "")).isEmpty();
  }
}
