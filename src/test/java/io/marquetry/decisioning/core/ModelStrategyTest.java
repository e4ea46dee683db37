package io.marquetry.decisioning.core;

import static io.marquetry.decisioning.core.Given.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.bus.ModelsMessage.Source;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Strategies that go by the scores of a model. */
class ModelStrategyTest {
  private static final ScoreNeed RANKING = new ScoreNeed("m", List.of("a", "b", "c"), 3);
  private static final ScoreNeed LIST = new ScoreNeed("m", List.of(), 5);

  private final VisitorView view = new VisitorView();

  private static DecisionPlan plan(Map<String, Object> strategy) {
    var given = Given.catalogue();
    given.put(
        Kind.COMPONENT, "x", json("key", "x", "fallback", List.of("z"), "strategy", strategy));
    given.variant("x", "a").variant("x", "c", "status", "draft").variant("x", "z");
    given.variant("x", "b", "content", Map.of("items", Map.of("$from", "recommended.x")));
    return given.plan();
  }

  private static DecisionPlan ranking(double minConfidence) {
    return plan(
        json(
            "kind",
            "model",
            "model",
            "m",
            "arms",
            List.of("a", "b", "c"),
            "minConfidence",
            minConfidence));
  }

  private static DecisionPlan list() {
    return plan(json("kind", "recommendation", "model", "m", "show", "b", "limit", 5));
  }

  private static Scored scored(Source source, Outcome outcome, ScoredItem... items) {
    return new Scored("m", "1", List.of(items), source, outcome, 0);
  }

  private Choice choose(DecisionPlan plan, Scores scores) {
    view.clear(Map.of());
    view.scores(scores);
    return DecisionEngine.decide(plan, List.of("x"), Basis.PROFILE, view, 0).getFirst();
  }

  private static List<String> texts(Choice choice) {
    return choice.reasons().stream().map(Reason::text).toList();
  }

  @Test
  void choose_nothingAskedYet_wishesForScoresAndFallsBack() {
    var scores = new Scores();
    assertThat(choose(ranking(0), scores).variant()).isEqualTo("z");
    assertThat(scores.wanted()).containsExactly(RANKING);
    assertThat(ranking(0).asksModels()).isTrue();
    assertThat(Given.catalogue().component("x").plan().asksModels()).isFalse();
  }

  @Test
  void choose_ranking_showsTheBestThatMayBeShown() {
    var scores = new Scores();
    scores.answer(
        RANKING,
        scored(
            Source.LIVE,
            Outcome.OK,
            new ScoredItem("c", 3, 0.9),
            new ScoredItem("b", 2, 0.6),
            new ScoredItem("a", 1, 0.5)));
    var choice = choose(ranking(0), scores);
    assertThat(choice.variant()).isEqualTo("b");
    assertThat(choice.strategy()).isEqualTo("model");
    assertThat(choice.confidence()).isEqualTo(0.6);
    assertThat(choice.propensity()).isEqualTo(1);
    assertThat(texts(choice)).anyMatch(text -> text.contains("“c” is not published"));
    assertThat(choose(ranking(0.7), scores).variant()).isEqualTo("z");
  }

  @Test
  void choose_list_showsItsVariantWithTheItems() {
    var scores = new Scores();
    var item = new ScoredItem("boots", 2, 0.4);
    scores.answer(LIST, scored(Source.LIVE, Outcome.OK, item));
    var plan = list();
    var choice = choose(plan, scores);
    assertThat(choice.variant()).isEqualTo("b");
    assertThat(choice.strategy()).isEqualTo("recommendation");
    assertThat(choice.items()).containsExactly(item);
    assertThat(DecisionEngine.live(plan, List.of(choice), Basis.PROFILE.mode(), view))
        .containsEntry(
            "recommended.x", List.of(Map.of("id", "boots", "score", 2.0, "confidence", 0.4)));
  }

  @ParameterizedTest
  @EnumSource(Outcome.class)
  void choose_noScores_fallsBackAndSaysWhy(Outcome outcome) {
    var scores = new Scores();
    scores.answer(RANKING, Scored.none("m", outcome));
    var choice = choose(ranking(0), scores);
    assertThat(choice.variant()).isEqualTo("z");
    assertThat(choice.strategy()).isEqualTo("fallback");
    assertThat(texts(choice)).anyMatch(text -> text.startsWith("model “m” "));
  }

  @Test
  void choose_componentWithATimeOfItsOwn_asksWithinItAndReplaysTheSame() {
    var given = Given.catalogue();
    var byModel = json("kind", "model", "model", "m", "arms", List.of("a"));
    given.put(
        Kind.COMPONENT,
        "x",
        json("key", "x", "fallback", List.of("z"), "strategy", byModel, "timeout", 12L));
    var plan = given.variant("x", "a").variant("x", "z").plan();
    var scores = new Scores();
    choose(plan, scores);
    var need = new ScoreNeed("m", List.of("a"), 1, 12);
    assertThat(scores.wanted()).containsExactly(need);
    scores.answer(need, Scored.none("m", Outcome.LATE));
    var late = choose(plan, scores);
    assertThat(late.variant()).isEqualTo("z");
    assertThat(texts(late)).anyMatch(text -> text.contains("in the 12 ms this component waits"));
    assertThat(choose(plan, Scores.of(scores.logged()))).isEqualTo(late);
  }

  @Test
  void choose_earlierAnswer_isUsedAndSaidToBeOne() {
    var scores = new Scores();
    scores.answer(RANKING, scored(Source.CACHED, Outcome.LATE, new ScoredItem("a", 1, 0.5)));
    var choice = choose(ranking(0), scores);
    assertThat(choice.variant()).isEqualTo("a");
    assertThat(texts(choice)).anyMatch(text -> text.contains("an earlier answer stands in"));
  }

  /** What was logged of scores gives the same choice again. */
  @Test
  void logged_readAgain_givesTheSameChoice() {
    var scores = new Scores();
    scores.answer(
        LIST, scored(Source.CACHED, Outcome.OPEN, new ScoredItem("boots", 0.1 + 0.2, 1 / 3.0)));
    var plan = list();
    var choice = choose(plan, scores);
    var again = choose(plan, Scores.of(scores.logged()));
    assertThat(again).isEqualTo(choice);
    view.recall(new Recalled(Map.of(Scores.SIGNAL, scores.logged())), new Id128(1, 1), true);
    assertThat(DecisionEngine.decide(plan, List.of("x"), Basis.PROFILE, view, 0))
        .containsExactly(choice);
  }
}
