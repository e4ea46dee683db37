package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.ask;
import static io.marquetry.decisioning.DecisioningRig.await;
import static io.marquetry.decisioning.DecisioningRig.consent;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.decisioning.core.Given;
import io.marquetry.decisioning.core.Holdout;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecisioningVerticleTest {
  private static final Id128 VIP = new Id128(0x10, 0x20);
  private static final VisitorRef VIP_REF = new VisitorRef(VIP, Purposes.ALL, 3);

  private static final Map<String, Object> BY_MODEL = Map.of("kind", "model", "model", "ranker");

  private final DecisioningRig rig = new DecisioningRig();

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private static Given heroes() {
    return Given.catalogue()
        .component("hero", "brand")
        .variant("hero", "brand")
        .variant("hero", "vip", "content", Map.of("name", Map.of("$from", "traits.name")))
        .variant("hero", "de")
        .show("for-vips", "hero", 9, Map.of("$inSegment", "vip"), "vip")
        .show("for-germans", "hero", 5, Map.of("geo.country", "DE"), "de");
  }

  private void start() throws Exception {
    start(heroes().build());
  }

  private void start(Catalogue catalogue) throws Exception {
    rig.serveCatalogue(catalogue);
    rig.consents.add(consent(VIP, Purposes.ALL, 3));
    rig.serveConsent();
    rig.serveProfiles(List.of(Given.profile(VIP, 1, List.of("vip"), Map.of("traits.name", "Ada"))));
    rig.deploy(1, Map.of());
    rig.untilState("ready");
  }

  /** Models that answer so; what they are asked comes to stand in the list. */
  private List<Score> serveModels(Function<Score, Future<Scored>> models) throws Exception {
    var asked = new CopyOnWriteArrayList<Score>();
    await(
        rig.bus.serve(
            Addresses.SCORE,
            question -> {
              asked.add(question);
              return models.apply(question);
            }));
    return asked;
  }

  private static Catalogue tips(Map<String, Object> component) {
    return heroes()
        .put(Kind.COMPONENT, "tip", component)
        .variant("tip", "a")
        .variant("tip", "b")
        .build();
  }

  private static String variant(Decided decided) {
    return String.valueOf(decided.choices().getFirst().variant());
  }

  private static String firstReason(Decided decided) {
    return decided.choices().getFirst().reasons().getFirst().text();
  }

  @Test
  void decide_knownVisitor_isPersonalizedWithLiveValues() throws Exception {
    start();
    var decided = rig.decide(0, ask(VIP_REF, false, "hero"));
    assertThat(decided.mode()).isEqualTo(Mode.PERSONALIZED);
    assertThat(variant(decided)).isEqualTo("vip");
    assertThat(decided.live()).isEqualTo(Map.of("traits.name", "Ada"));
    assertThat(decided.definitions()).isEqualTo("v1");
  }

  @Test
  void decide_requestReadEarlier_givesModelsOnlyWhatIsLeft() throws Exception {
    var asked =
        serveModels(
            question -> Future.succeededFuture(Scored.none(question.model(), Outcome.EMPTY)));
    start(tips(Given.json("fallback", List.of("a"), "strategy", BY_MODEL)));
    var page = ask(VIP_REF, false, "tip");
    assertThat(variant(rig.decide(0, page.since(rig.now)))).isEqualTo("a");
    assertThat(variant(rig.decide(0, page.since(rig.now - 20)))).isEqualTo("a");
    assertThat(asked).hasSize(2);
    assertThat(asked.get(0).millis()).isBetween(1, 46);
    assertThat(asked.get(1).millis()).isBetween(1, 26);
    var late = rig.decide(0, page.since(rig.now - 50));
    assertThat(variant(late)).isEqualTo("a");
    assertThat(asked).as("nothing is left to wait for").hasSize(2);
  }

  @Test
  void decide_modelSlowerThanAComponentAllows_fallsToItsNextStepAndSaysWhy() throws Exception {
    var asked = serveModels(question -> Promise.<Scored>promise().future());
    start(tips(Given.json("fallback", List.of("a"), "strategy", BY_MODEL, "timeout", 7)));
    var decided = rig.decide(0, ask(VIP_REF, false, "tip"));
    assertThat(variant(decided)).isEqualTo("a");
    assertThat(asked).singleElement().extracting(Score::millis).isEqualTo(7);
    assertThat(decided.choices().getFirst().reasons())
        .anyMatch(reason -> reason.text().contains("in the 7 ms this component waits at most"));
  }

  @Test
  void decide_nobody_isContextual() throws Exception {
    start();
    var decided = rig.decide(0, ask(VisitorRef.UNKNOWN, false, "hero"));
    assertThat(decided.mode()).isEqualTo(Mode.CONTEXTUAL);
    assertThat(variant(decided)).isEqualTo("de");
  }

  @Test
  void decide_newVisitorWithConsent_isPersonalizedOnNothingYet() throws Exception {
    start();
    rig.consents.add(consent(new Id128(5, 5), Purposes.ALL, 4));
    var fresh = new VisitorRef(new Id128(5, 5), Purposes.ALL, 4);
    await(
        rig.bus.ask(
            Addresses.applyConsent("decisioning").to(0),
            consent(new Id128(5, 5), Purposes.ALL, 4)));
    assertThat(rig.decide(0, ask(fresh, false, "hero")).mode()).isEqualTo(Mode.PERSONALIZED);
  }

  @Test
  void decide_consentWithdrawn_isContextualFromThenOn() throws Exception {
    start();
    rig.consents.add(consent(VIP, Purposes.NONE, 4));
    await(rig.bus.ask(Addresses.applyConsent("decisioning").to(0), consent(VIP, Purposes.NONE, 4)));
    var decided = rig.decide(0, ask(VIP_REF, false, "hero"));
    assertThat(decided.mode()).isEqualTo(Mode.CONTEXTUAL);
    assertThat(variant(decided)).isEqualTo("de");
    assertThat(firstReason(decided)).contains("no consent");
  }

  @Test
  void decide_askerKnowsNewerConsent_isContextual() throws Exception {
    start();
    var newer = new VisitorRef(VIP, Purposes.ALL, 9);
    var decided = rig.decide(0, ask(newer, false, "hero"));
    assertThat(decided.mode()).isEqualTo(Mode.CONTEXTUAL);
    assertThat(firstReason(decided)).contains("not certain");
  }

  @Test
  void decide_visitorWithheldPersonalization_isContextual() throws Exception {
    start();
    var partly = new VisitorRef(VIP, Purposes.ALL.without(Purpose.PERSONALIZATION), 3);
    assertThat(rig.decide(0, ask(partly, false, "hero")).mode()).isEqualTo(Mode.CONTEXTUAL);
  }

  @Test
  void decide_consentComponentAway_failsClosed() throws Exception {
    rig.serveCatalogue(
        heroes().put(Kind.SITE, "shop", Map.of("consentDefault", "granted")).build());
    rig.serveProfiles(List.of(Given.profile(VIP, 1, List.of("vip"), Map.of())));
    rig.deploy(1, Map.of());
    rig.untilState("ready");
    var decided = rig.decide(0, ask(new VisitorRef(VIP, Purposes.ALL, 0), false, "hero"));
    assertThat(decided.mode()).isEqualTo(Mode.CONTEXTUAL);
    assertThat(firstReason(decided)).contains("not certain");
  }

  @Test
  void decide_heldOut_seesTheBaselineWhateverIsHeld() throws Exception {
    start(heroes().put(Kind.SETTING, "holdout", Map.of("percent", 100)).build());
    var decided = rig.decide(0, ask(VIP_REF, false, "hero"));
    assertThat(decided.mode()).isEqualTo(Mode.HOLDOUT);
    assertThat(variant(decided)).isEqualTo("brand");
    assertThat(decided.live()).isEmpty();
  }

  @Test
  void decide_visitorWhoseProfileTookUpAnOlderOne_keepsItsLot() throws Exception {
    var holdout = Holdout.parse(Map.of("percent", 50, "salt", "s"));
    var units = Map.of(true, lot(holdout, true), false, lot(holdout, false));
    var told = new CopyOnWriteArrayList<DecisionRecord>();
    await(rig.bus.on(Addresses.DECISIONS_MADE, made -> told.addAll(made.decisions())));
    start(heroes().put(Kind.SETTING, "holdout", Map.of("percent", 50, "salt", "s")).build());
    for (boolean held : List.of(true, false, true)) {
      var joined =
          new ProfileSnapshot(
              VIP, "shop", held ? 3 : 2, 0, List.of("vip"), Map.of(), units.get(held));
      rig.change(new ProfilesChanged(List.of(), List.of(VIP)));
      rig.change(new ProfilesChanged(List.of(joined), List.of()));
      assertThat(rig.decide(0, ask(VIP_REF, false, "hero")).mode())
          .isEqualTo(held ? Mode.HOLDOUT : Mode.PERSONALIZED);
    }
    rig.until(() -> told.size() >= 3);
    assertThat(told.get(1).signals()).containsEntry("unit", String.valueOf(units.get(false)));
  }

  private static Id128 lot(Holdout holdout, boolean held) {
    var id = new Id128(7, 0);
    while (holdout.holds(id) != held) {
      id = new Id128(7, id.low() + 1);
    }
    return id;
  }

  @Test
  void decide_segmentationAway_isContextualAndSaysSo() throws Exception {
    rig.serveCatalogue(heroes().build());
    rig.consents.add(consent(VIP, Purposes.ALL, 3));
    rig.serveConsent();
    rig.deploy(1, Map.of());
    rig.untilState("degraded: segmentation");
    var decided = rig.decide(0, ask(VIP_REF, false, "hero"));
    assertThat(decided.mode()).isEqualTo(Mode.CONTEXTUAL);
    assertThat(firstReason(decided)).contains("still loading");

    rig.serveProfiles(List.of(Given.profile(VIP, 1, List.of("vip"), Map.of())));
    rig.untilState("ready");
    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("vip");
  }

  @Test
  void profilesChanged_nextDecision_seesIt() throws Exception {
    start();
    rig.change(new ProfilesChanged(List.of(Given.profile(VIP, 2, List.of(), Map.of())), List.of()));
    rig.change(
        new ProfilesChanged(List.of(Given.profile(VIP, 1, List.of("vip"), Map.of())), List.of()));
    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("de");

    rig.change(new ProfilesChanged(List.of(), List.of(VIP)));
    assertThat(rig.decide(0, ask(VIP_REF, false, "hero")).live()).isEmpty();
  }

  @Test
  void profilesTurning_theDecisionAtThatMoment_seesItWithoutAnotherWord() throws Exception {
    start();
    rig.turn(rig.now + 10, Given.profile(VIP, 2, List.of(), Map.of()));
    rig.now += 9;
    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("vip");

    rig.now += 1;

    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("de");
  }

  @Test
  void profilesTurning_profileChangedMeanwhile_isForgotten() throws Exception {
    start();
    rig.turn(rig.now + 10, Given.profile(VIP, 2, List.of(), Map.of()));
    rig.change(
        new ProfilesChanged(List.of(Given.profile(VIP, 2, List.of("vip"), Map.of())), List.of()));

    rig.now += 10;

    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("vip");
  }

  @Test
  void profilesTurning_severalTurnsAndTheLastOneToldAnew_areTakenInOrder() throws Exception {
    start();
    rig.turn(rig.now + 10, Given.profile(VIP, 2, List.of(), Map.of()));
    rig.turn(rig.now + 20, Given.profile(VIP, 3, List.of("vip"), Map.of()));
    rig.now += 20;
    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("vip");
    rig.turn(rig.now + 50, Given.profile(VIP, 4, List.of("vip"), Map.of()));
    rig.turn(rig.now + 1, Given.profile(VIP, 4, List.of(), Map.of()));

    rig.now += 1;

    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("de");
  }

  @Test
  void define_newCatalogue_decidesByItOnceAnswered() throws Exception {
    start();
    rig.define(0, Given.catalogue().component("hero", "x").variant("hero", "x").build(2));
    var decided = rig.decide(0, ask(VIP_REF, false, "hero"));
    assertThat(variant(decided)).isEqualTo("x");
    assertThat(decided.definitions()).isEqualTo("v2");
  }

  @Test
  void decide_logUnreachable_decidesAllTheSame() throws Exception {
    start();
    for (int i = 0; i < 20; i++) {
      assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("vip");
    }
    rig.untilState("degraded: the decision log");
  }

  @Test
  void decided_feeds_areToldInBatchesAndNotOfDryRuns() throws Exception {
    var told = new CopyOnWriteArrayList<DecisionRecord>();
    await(rig.bus.on(Addresses.DECISIONS_MADE, made -> told.addAll(made.decisions())));
    start();
    rig.decide(0, ask(VIP_REF, true, "hero"));
    var personal = rig.decide(0, ask(VIP_REF, false, "hero"));
    var contextual = rig.decide(0, ask(VisitorRef.UNKNOWN, false, "hero"));
    rig.until(() -> told.size() >= 2);

    assertThat(told).hasSize(2);
    assertThat(told.get(0).decision()).isEqualTo(personal.decision());
    assertThat(told.get(0).profile()).isEqualTo(VIP);
    assertThat(told.get(0).consentVersion()).isEqualTo(3);
    assertThat(told.get(0).signals())
        .isEqualTo(Map.of("traits.name", "Ada", "segments", List.of("vip")));
    assertThat(told.get(1).decision()).isEqualTo(contextual.decision());
    assertThat(told.get(1).profile()).isNull();
    assertThat(told.get(1).consentVersion()).isZero();
    assertThat(told.get(1).signals()).isEqualTo(Map.of("geo.country", "DE"));
  }

  @Test
  void query_decisionsOfEveryInstance_areFoundRightAfterwards() throws Exception {
    rig.database = TestPostgres.freshDatabase().connectOptions();
    var other = new Id128(0x10, 0x21);
    rig.serveCatalogue(heroes().build());
    rig.consents.add(consent(VIP, Purposes.ALL, 3));
    rig.consents.add(consent(other, Purposes.ALL, 3));
    rig.serveConsent();
    rig.serveProfiles(
        List.of(
            Given.profile(VIP, 1, List.of("vip"), Map.of()),
            Given.profile(other, 1, List.of("vip"), Map.of())));
    rig.deploy(2, Map.of());
    rig.until(() -> bothReady());

    var expected = new ArrayList<Id128>();
    expected.add(rig.decide(0, ask(VIP_REF, false, "hero")).decision());
    expected.add(
        rig.decide(1, ask(new VisitorRef(other, Purposes.ALL, 3), false, "hero")).decision());
    var found =
        await(
            rig.bus.ask(
                Addresses.QUERY_DECISIONS,
                new QueryDecisions(null, null, "hero", "vip", "for-vips", null, null, 10)));
    assertThat(found.decisions())
        .extracting(DecisionRecord::decision)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(found.decisions()).allMatch(one -> one.page().equals("home"));
  }

  private boolean bothReady() {
    try {
      return rig.state(0).equals("ready") && rig.state(1).equals("ready");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void decide_brokenDefinition_neighboursDecide() throws Exception {
    var catalogue = heroes().show("broken", "hero", 99, Map.of("$and", 3), "brand").build();
    start(
        new Catalogue(
            catalogue.version(),
            catalogue.revision(),
            List.<Definition>copyOf(catalogue.definitions()),
            List.of()));
    assertThat(variant(rig.decide(0, ask(VIP_REF, false, "hero")))).isEqualTo("vip");
  }
}
