package io.marquetry.decisioning.core;

import static io.marquetry.decisioning.core.Given.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.Condition;
import io.marquetry.condition.FieldPath;
import io.marquetry.kit.Id128;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionEngineTest {
  private static final long NOW = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
  private static final Id128 VISITOR = new Id128(3, 4);

  private final SegmentCache cache = new SegmentCache(10);
  private final VisitorView view = new VisitorView();
  private final Map<String, Object> fields = new HashMap<>();
  private Map<String, Object> request = Map.of();
  private List<String> segments = List.of();
  private long version;

  private Choice decide(DecisionPlan plan, String component) {
    cache.put(Given.profile(VISITOR, ++version, segments, fields));
    cache.find(Given.grant(), VISITOR, request, view);
    return DecisionEngine.decide(plan, List.of(component), Basis.PROFILE, view, NOW).getFirst();
  }

  private Choice decideByRequest(DecisionPlan plan, String component) {
    view.clear(request);
    return DecisionEngine.decide(plan, List.of(component), Basis.NO_CONSENT, view, NOW).getFirst();
  }

  private static List<String> kinds(Choice choice) {
    return choice.reasons().stream().map(Reason::kind).toList();
  }

  private static String texts(Choice choice) {
    return String.join("\n", choice.reasons().stream().map(Reason::text).toList());
  }

  /**
   * New visitors, returning ones, enterprise prospects and regions, as the requirements name them.
   */
  private static DecisionPlan heroes() {
    return Given.catalogue()
        .segment("enterprise-prospects", "Enterprise prospects")
        .component("hero", "recent", "brand")
        .variant("hero", "brand")
        .variant("hero", "recent", "requires", List.of("attributes.recentlyViewed"))
        .variant("hero", "case-study")
        .variant("hero", "de-promo")
        .show(
            "enterprise-hero",
            "hero",
            30,
            Map.of("$inSegment", "enterprise-prospects"),
            "case-study")
        .show("german-promotion", "hero", 20, Map.of("geo.country", "DE"), "de-promo")
        .show("newcomers", "hero", 10, Map.of("isReturning", Map.of("$ne", true)), "brand")
        .plan();
  }

  @Test
  void decide_newVisitor_seesTheBrand() {
    fields.put("isReturning", false);
    var choice = decide(heroes(), "hero");
    assertThat(choice.variant()).isEqualTo("brand");
    assertThat(choice.strategy()).isEqualTo("rule");
    assertThat(choice.fallbackStep()).isEqualTo(-1);
    assertThat(choice.confidence()).isEqualTo(1);
    assertThat(choice.propensity()).isEqualTo(1);
  }

  @Test
  void decide_returningVisitor_seesWhatTheyViewed() {
    fields.put("isReturning", true);
    fields.put("attributes.recentlyViewed", List.of(Map.of("id", "p1")));
    var choice = decide(heroes(), "hero");
    assertThat(choice.variant()).isEqualTo("recent");
    assertThat(choice.strategy()).isEqualTo("fallback");
    assertThat(choice.fallbackStep()).isZero();
  }

  @Test
  void decide_enterpriseProspect_seesTheCaseStudyAndIsToldWhy() {
    segments = List.of("enterprise-prospects");
    request = Map.of("geo", Map.of("country", "DE"));
    var choice = decide(heroes(), "hero");
    assertThat(choice.variant()).isEqualTo("case-study");
    assertThat(choice.reasons())
        .containsExactly(
            new Reason(
                "rule",
                "enterprise-hero",
                "rule “enterprise-hero” shows “case-study”: is in segment enterprise-prospects"),
            new Reason(
                "segment",
                "enterprise-prospects",
                "the visitor is in segment “Enterprise prospects”"));
  }

  @Test
  void decide_germanVisitor_seesTheRegionsPromotion() {
    request = Map.of("geo", Map.of("country", "DE"));
    assertThat(decide(heroes(), "hero").variant()).isEqualTo("de-promo");
    request = Map.of("geo", Map.of("country", "FR"));
    assertThat(decide(heroes(), "hero").variant()).isEqualTo("brand");
  }

  /** Enterprise pricing, then industry, then returning, then default, signal by signal. */
  private static DecisionPlan pricing() {
    return Given.catalogue()
        .component("pricing", "enterprise", "industry", "returning", "default")
        .variant("pricing", "enterprise", "requires", List.of("traits.plan", "traits.seats"))
        .variant("pricing", "industry", "requires", List.of("traits.industry"))
        .variant("pricing", "returning", "when", Map.of("isReturning", true))
        .variant("pricing", "default")
        .plan();
  }

  @Test
  void decide_fallbackChain_yieldsSignalBySignal() {
    var plan = pricing();
    fields.put("traits.plan", "trial");
    fields.put("traits.seats", 40);
    fields.put("traits.industry", "health");
    fields.put("isReturning", true);
    assertStep(decide(plan, "pricing"), "enterprise", 0);
    assertThat(kinds(decide(plan, "pricing"))).containsExactly("fallback");

    fields.remove("traits.seats");
    var industry = decide(plan, "pricing");
    assertStep(industry, "industry", 1);
    assertThat(kinds(industry)).containsExactly("skipped", "fallback");
    assertThat(industry.reasons().getFirst())
        .isEqualTo(
            new Reason(
                "skipped", "enterprise", "“enterprise” needs traits.seats, which is unknown"));

    fields.remove("traits.industry");
    var returning = decide(plan, "pricing");
    assertStep(returning, "returning", 2);
    assertThat(kinds(returning)).containsExactly("skipped", "skipped", "condition", "fallback");

    fields.put("isReturning", false);
    var last = decide(plan, "pricing");
    assertStep(last, "default", 3);
    assertThat(texts(last)).contains("“returning” is not for this visitor; missing: isReturning");
  }

  @Test
  void decide_requiredFieldIsEmpty_countsAsMissing() {
    fields.put("isReturning", true);
    for (var empty : List.<Object>of(List.of(), " ")) {
      fields.put("attributes.recentlyViewed", empty);
      assertThat(decide(heroes(), "hero").variant()).isEqualTo("brand");
    }
  }

  private static void assertStep(Choice choice, String variant, int step) {
    assertThat(choice.variant()).isEqualTo(variant);
    assertThat(choice.strategy()).isEqualTo("fallback");
    assertThat(choice.fallbackStep()).isEqualTo(step);
  }

  @Test
  void decide_nothingFits_leavesTheMarkupInThePage() {
    var plan =
        Given.catalogue()
            .component("c", "a", "gone")
            .variant("c", "a", "requires", List.of("traits.x"))
            .plan();
    var choice = decide(plan, "c");
    assertThat(choice.variant()).isNull();
    assertThat(choice.strategy()).isEqualTo("none");
    assertThat(choice.fallbackStep()).isEqualTo(-1);
    assertThat(kinds(choice)).containsExactly("skipped", "skipped", "fallback");
    assertThat(texts(choice)).contains("“gone” is not defined");
  }

  @Test
  void decide_severalRules_highestPriorityThenKeyDecides() {
    var plan =
        Given.catalogue()
            .component("c")
            .variant("c", "a")
            .variant("c", "b")
            .variant("c", "d")
            .show("z", "c", 5, Map.of(), "a")
            .show("y", "c", 5, Map.of(), "b")
            .show("x", "c", 4, Map.of(), "d")
            .plan();
    assertThat(decide(plan, "c").variant()).isEqualTo("b");
  }

  @Test
  void decide_excludedVariant_isShownByNoRuleAndNoChain() {
    var plan =
        Given.catalogue()
            .component("c", "a", "b")
            .variant("c", "a")
            .variant("c", "b")
            .rule(
                "no-a", "c", 9, Map.of("visits", Map.of("$gt", 3)), Map.of("exclude", List.of("a")))
            .show("show-a", "c", 5, Map.of(), "a")
            .plan();
    fields.put("visits", 5);
    var choice = decide(plan, "c");
    assertStep(choice, "b", 1);
    assertThat(kinds(choice)).containsExactly("rule", "skipped", "skipped", "fallback");
    assertThat(texts(choice))
        .contains("rule “no-a” excludes “a”: visits")
        .contains("rule “show-a” applies, but “a” is excluded by rule “no-a”");
    fields.put("visits", 1);
    assertThat(decide(plan, "c").strategy()).isEqualTo("rule");
  }

  @Test
  void decide_ruleShowsWhatMayNotBeShown_goesOnToTheNext() {
    var plan =
        Given.catalogue()
            .component("c", "c1")
            .variant("c", "draft", "status", "draft")
            .variant("c", "c1")
            .variant("c", "c2")
            .show("first", "c", 9, Map.of(), "draft")
            .show("second", "c", 5, Map.of(), "c2")
            .plan();
    var choice = decide(plan, "c");
    assertThat(choice.variant()).isEqualTo("c2");
    assertThat(texts(choice)).contains("rule “first” applies, but “draft” is not published");
  }

  @Test
  void decide_disabledRule_isNotAsked() {
    var body = json("component", "c", "priority", 1, "when", Map.of(), "then", Map.of("show", "a"));
    body.put("enabled", false);
    var plan = Given.catalogue().component("c").variant("c", "a").put(Kind.RULE, "r", body).plan();
    assertThat(decide(plan, "c").strategy()).isEqualTo("none");
  }

  @Test
  void decide_schedule_isFromInclusiveToExclusive() {
    var now = Instant.ofEpochMilli(NOW);
    assertThat(scheduled(now.toString(), now.plusMillis(1).toString())).isEqualTo("a");
    assertThat(scheduled(now.plusMillis(1).toString(), null)).isNull();
    assertThat(scheduled(null, now.toString())).isNull();
    assertThat(scheduled("2026-11-22T14:00:00+02:00", null)).isEqualTo("a");
    assertThat(scheduled(null, null)).isEqualTo("a");
  }

  private @Nullable String scheduled(@Nullable String from, @Nullable String to) {
    var plan =
        Given.catalogue()
            .component("c", "a")
            .variant("c", "a", "schedule", json("from", from, "to", to))
            .plan();
    return decide(plan, "c").variant();
  }

  @Test
  void decide_byRequestAlone_seesNothingOfTheProfile() {
    segments = List.of("enterprise-prospects");
    fields.put("isReturning", true);
    fields.put("geo.country", "DE");
    decide(heroes(), "hero");

    request = Map.of("geo", Map.of("country", "FR"), "isReturning", true);
    var choice = decideByRequest(heroes(), "hero");
    assertThat(choice.variant()).isEqualTo("brand");
    assertThat(choice.reasons().getFirst())
        .isEqualTo(
            new Reason(
                "consent",
                "personalization",
                "decided by the request alone: there is no consent to personalization"));
    assertThat(kinds(choice)).startsWith("consent", "rule");

    request = Map.of("geo", Map.of("country", "DE"));
    assertThat(decideByRequest(heroes(), "hero").variant()).isEqualTo("de-promo");
  }

  @Test
  void decide_heldOut_showsTheLastOfTheChainThatIsForEverybody() {
    var plan =
        Given.catalogue()
            .component("c", "best", "plain", "also-plain", "future", "needy", "fussy")
            .variant("c", "best", "when", Map.of("visits", 1))
            .variant("c", "plain")
            .variant("c", "also-plain")
            .variant("c", "future", "schedule", json("from", "2027-01-01T00:00:00Z"))
            .variant("c", "needy", "requires", List.of("visits"))
            .variant("c", "fussy", "when", Map.of())
            .show("r", "c", 1, Map.of(), "best")
            .component("empty", "needy")
            .plan();
    view.clear(Map.of());
    var choices = DecisionEngine.decide(plan, List.of("c", "empty"), Basis.HELD_OUT, view, NOW);
    assertThat(choices.get(0).variant()).isEqualTo("also-plain");
    assertThat(choices.get(0).strategy()).isEqualTo("baseline");
    assertThat(choices.get(0).fallbackStep()).isEqualTo(2);
    assertThat(kinds(choices.get(0))).containsExactly("holdout");
    assertThat(choices.get(1).variant()).isNull();
    assertThat(choices.get(1).strategy()).isEqualTo("none");
  }

  @Test
  void decide_severalComponents_answersEachInOrder() {
    var plan =
        Given.catalogue()
            .component("a", "x")
            .variant("a", "x")
            .component("b", "y")
            .variant("b", "y")
            .plan();
    view.clear(Map.of());
    var choices =
        DecisionEngine.decide(plan, List.of("b", "nope", "a", "b"), Basis.PROFILE, view, NOW);
    assertThat(choices).extracting(Choice::component).containsExactly("b", "nope", "a", "b");
    assertThat(choices).extracting(Choice::variant).containsExactly("y", null, "x", "y");
    assertThat(choices.get(1).reasons())
        .containsExactly(new Reason("error", "nope", "unknown component"));
  }

  /** A request of which one part is broken, as a bug somewhere would make it. */
  private static final class Poisoned extends HashMap<String, Object> {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable Object get(@Nullable Object key) {
      if ("device".equals(key)) {
        throw new IllegalStateException("broken");
      }
      return super.get(key);
    }
  }

  @Test
  void decide_ruleOrVariantThatFails_spoilsNoNeighbour() {
    var plan =
        Given.catalogue()
            .component("c", "poisoned", "fine")
            .variant("c", "poisoned", "requires", List.of("device.poison"))
            .variant("c", "fine")
            .show("bad", "c", 9, Map.of("device.poison", 1), "fine")
            .component("d", "z")
            .variant("d", "z")
            .plan();
    view.clear(new Poisoned());
    var choices = DecisionEngine.decide(plan, List.of("c", "d"), Basis.PROFILE, view, NOW);
    assertThat(choices).extracting(Choice::variant).containsExactly("fine", "z");
    assertThat(kinds(choices.get(0))).containsExactly("error", "error", "fallback");
    assertThat(texts(choices.get(0)))
        .contains("rule “bad” failed and was passed over (IllegalStateException)")
        .contains("variant “poisoned” failed");
  }

  @Test
  void decide_alternatives_saysWhichHeld() {
    var either =
        Map.<String, Object>of(
            "$or", List.of(Map.of("geo.country", "DE"), Map.of("traits.plan", "pro")));
    var plan =
        Given.catalogue()
            .component("c")
            .variant("c", "a")
            .show("either", "c", 1, either, "a")
            .plan();
    fields.put("traits.plan", "pro");
    assertThat(texts(decide(plan, "c"))).contains("traits.plan").doesNotContain("geo.country");
  }

  @Test
  void decide_behaviour_isReadFromItsImplicitSegment() {
    var did =
        Map.<String, Object>of(
            "$did",
            Map.of("event", "Order Completed", "within", "P7D", "count", Map.of("$gte", 1)));
    var plan =
        Given.catalogue().component("c").variant("c", "a").show("r", "c", 1, did, "a").plan();
    assertThat(decide(plan, "c").variant()).isNull();
    var behaviour = Condition.parse(did).behaviours().iterator().next();
    segments = List.of(VisitorView.IMPLICIT + behaviour.id());
    assertThat(decide(plan, "c").variant()).isEqualTo("a");
  }

  @Test
  void live_chosenVariants_readWhatTheyShow() {
    var content =
        json(
            "title", Map.of("$from", "traits.name"),
            "items", List.of(Map.of("price", Map.of("$from", "attributes.price"))),
            "missing", Map.of("$from", "traits.nothing"));
    var plan =
        Given.catalogue()
            .component("c", "a", "b")
            .variant("c", "a", "content", content)
            .variant("c", "b", "content", json("t", Map.of("$from", "traits.other")))
            .plan();
    fields.put("traits.name", "Ada");
    fields.put("attributes.price", 7);
    fields.put("traits.other", "x");
    var choices = List.of(decide(plan, "c"));
    assertThat(DecisionEngine.live(plan, choices, Mode.PERSONALIZED, view))
        .isEqualTo(Map.of("traits.name", "Ada", "attributes.price", 7));
    assertThat(DecisionEngine.live(plan, choices, Mode.HOLDOUT, view)).isEmpty();
  }

  @Test
  void record_signals_areWhatWasRead() {
    segments = List.of("other");
    fields.put("isReturning", false);
    fields.put("traits.secret", "s");
    request = Map.of("geo", Map.of("country", "FR"));
    decide(heroes(), "hero");
    var signals = new Signals();
    view.record(signals);
    DecisionEngine.decide(heroes(), List.of("hero"), Basis.PROFILE, view, NOW);
    assertThat(signals.all()).isEqualTo(Map.of("geo.country", "FR", "isReturning", false));

    segments = List.of("enterprise-prospects");
    decide(heroes(), "hero");
    var others = new Signals();
    view.record(others);
    DecisionEngine.decide(heroes(), List.of("hero"), Basis.PROFILE, view, NOW);
    assertThat(others.all()).isEqualTo(Map.of("segments", List.of("enterprise-prospects")));
  }

  @Test
  void coarse_requestWithManyDetails_keepsCountryAndDeviceClass() {
    var told =
        Map.<String, Object>of(
            "geo", Map.of("country", "FR", "city", "Lyon"),
            "device", Map.of("class", "mobile", "id", "abc"),
            "context", Map.of("page", Map.of("path", "/a", "referrer", "https://x/y")));
    assertThat(new Signals().coarse(told))
        .isEqualTo(Map.of("geo.country", "FR", "device.class", "mobile"));
    assertThat(new Signals().coarse(Map.of("geo", Map.of("country", "x".repeat(33))))).isEmpty();
  }

  @Test
  void field_requestAndProfile_eachIsAskedForWhatItKnowsBest() {
    fields.put("campaign.source", "old");
    fields.put("session.landingPath", "/first");
    request =
        Map.of(
            "campaign", Map.of("source", "new", "medium", "mail"),
            "session", Map.of("landingPath", "/now", "referrerChannel", "search"),
            "traits", Map.of("plan", "spoofed"));
    decide(heroes(), "hero");
    assertThat(view.field(FieldPath.of("campaign.source"))).isEqualTo("new");
    assertThat(view.field(FieldPath.of("session.landingPath"))).isEqualTo("/first");
    assertThat(view.field(FieldPath.of("session.referrerChannel"))).isEqualTo("search");
    assertThat(view.field(FieldPath.of("traits.plan"))).isNull();
  }
}
