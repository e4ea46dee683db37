package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.ask;
import static io.marquetry.decisioning.DecisioningRig.await;
import static io.marquetry.decisioning.DecisioningRig.consent;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.decisioning.core.Given;
import io.marquetry.kit.Id128;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A frequency cap holds from one decision to the next, and over a restart. */
@Tag("postgres")
class ShownLatelyTest {
  private static final Id128 VISITOR = new Id128(0x10, 0x20);
  private static final VisitorRef KNOWN = new VisitorRef(VISITOR, Purposes.ALL, 3);

  private final Database database = TestPostgres.freshDatabase();

  private static Given capped() {
    var cap = Map.of("variants", List.of("promo"), "exposures", 2, "within", "P1D");
    return Given.catalogue()
        .component("hero", "promo", "plain")
        .variant("hero", "promo")
        .variant("hero", "plain")
        .rule("enough", "hero", 9, Map.of(), Map.of("cap", cap));
  }

  private DecisioningRig started(Given catalogue) throws Exception {
    var rig = new DecisioningRig();
    rig.database = database.connectOptions();
    rig.serveCatalogue(catalogue.build());
    rig.consents.add(consent(VISITOR, Purposes.ALL, 3));
    rig.serveConsent();
    rig.serveProfiles(List.of(Given.profile(VISITOR, 1, List.of(), Map.of())));
    rig.deploy(1, Map.of());
    rig.untilState("ready");
    return rig;
  }

  private static String shown(DecisioningRig rig, boolean dryRun) throws Exception {
    var decided = rig.decide(0, ask(KNOWN, dryRun, "hero"));
    return String.valueOf(decided.choices().getFirst().variant());
  }

  @Test
  void decide_cappedVariant_isShownSoOftenAndNotAgainAfterARestart() throws Exception {
    var rig = started(capped());
    assertThat(shown(rig, true)).isEqualTo("promo");
    assertThat(shown(rig, false)).isEqualTo("promo");
    assertThat(shown(rig, true)).isEqualTo("promo");
    assertThat(shown(rig, false)).isEqualTo("promo");
    assertThat(shown(rig, false)).isEqualTo("plain");
    var logged =
        await(
            rig.bus.ask(
                Addresses.QUERY_DECISIONS,
                new QueryDecisions(null, VISITOR, null, null, null, null, null, 10)));
    assertThat(logged.decisions())
        .extracting(DecisionRecord::signals)
        .contains(Map.of("exposures.hero/promo.PT24H", 2L));
    rig.close();

    var again = started(capped());
    again.until(() -> plainAgain(again));
    again.close();
  }

  private static boolean plainAgain(DecisioningRig rig) {
    try {
      return shown(rig, true).equals("plain");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Where a caller has to say what they showed, an answer alone is no exposure. */
  @Test
  void decide_exposureToBeReported_countsWhatCallersSayAndPagesOfOurs() throws Exception {
    var catalogue =
        capped()
            .put(
                Kind.COMPONENT,
                "hero",
                Map.of("fallback", List.of("promo", "plain"), "exposure", "reported"));
    var rig = started(catalogue);
    for (int i = 0; i < 3; i++) {
      assertThat(call(rig, false).choices().getFirst().variant()).isEqualTo("promo");
    }
    assertThat(shown(rig, false)).isEqualTo("promo");
    var answered = call(rig, false);
    assertThat(answered.choices().getFirst().variant()).isEqualTo("promo");
    say(rig, "elsewhere", answered.decision());
    say(rig, "shop", new Id128(4, 4));
    say(rig, "shop", answered.decision());
    say(rig, "shop", answered.decision());
    rig.until(() -> plainAgain(rig));
    rig.close();

    var again = started(catalogue);
    again.until(() -> plainAgain(again));
    again.close();
  }

  private static Decided call(DecisioningRig rig, boolean dryRun) throws Exception {
    return rig.decide(0, new Decide("shop", KNOWN, Map.of(), "", List.of("hero"), dryRun));
  }

  private static void say(DecisioningRig rig, String site, Id128 decision) throws Exception {
    var exposed = new Exposed(site, decision, List.of("hero"), DecisioningRig.NOW);
    await(rig.bus.ask(Addresses.EXPOSE, exposed));
  }

  @Test
  void define_newCap_countsWhatWasShownBefore() throws Exception {
    var rig =
        started(
            Given.catalogue()
                .component("hero", "promo", "plain")
                .variant("hero", "promo")
                .variant("hero", "plain"));
    for (int i = 0; i < 3; i++) {
      assertThat(shown(rig, false)).isEqualTo("promo");
    }
    rig.define(0, capped().build(2));
    rig.until(() -> plainAgain(rig));
    rig.close();
  }

  @Test
  void consentWithdrawn_countsAreForgotten() throws Exception {
    var rig = started(capped());
    shown(rig, false);
    shown(rig, false);
    assertThat(shown(rig, true)).isEqualTo("plain");
    for (var record :
        List.of(consent(VISITOR, Purposes.NONE, 4), consent(VISITOR, Purposes.ALL, 5))) {
      await(rig.bus.ask(Addresses.applyConsent("decisioning").to(0), record));
    }
    var back = new VisitorRef(VISITOR, Purposes.ALL, 5);
    var decided = rig.decide(0, ask(back, true, "hero"));
    assertThat(decided.choices().getFirst().variant()).isEqualTo("promo");
    rig.close();
  }
}
