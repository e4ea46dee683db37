package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;
import static io.marquetry.decisioning.DecisioningRig.consent;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.decisioning.core.Given;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reports of what was shown to visitors who allow personalization no longer. */
@Tag("postgres")
class WithdrawnExposureTest {
  private static final Id128 WITHDRAWS = new Id128(0x10, 0x20);
  private static final Id128 STAYS = new Id128(0x10, 0x21);

  private final DecisioningRig rig = new DecisioningRig();
  private final List<Id128> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    rig.database = TestPostgres.freshDatabase().connectOptions();
    var cap = Map.of("variants", List.of("promo"), "exposures", 1, "within", "P1D");
    var hero = Map.of("fallback", List.of("promo", "plain"), "exposure", "reported");
    rig.serveCatalogue(
        Given.catalogue()
            .put(Kind.COMPONENT, "hero", hero)
            .variant("hero", "promo")
            .variant("hero", "plain")
            .rule("enough", "hero", 9, Map.of(), Map.of("cap", cap))
            .build());
    rig.consents.add(consent(WITHDRAWS, Purposes.ALL, 3));
    rig.consents.add(consent(STAYS, Purposes.ALL, 4));
    rig.serveConsent();
    rig.serveProfiles(
        List.of(
            Given.profile(WITHDRAWS, 1, List.of(), Map.of()),
            Given.profile(STAYS, 1, List.of(), Map.of())));
    await(
        rig.bus.on(
            Addresses.EXPOSED,
            exposures -> exposures.reported().forEach(one -> told.add(one.decision().decision()))));
    rig.deploy(1, Map.of());
    rig.untilState("ready");
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private Decided decide(Id128 visitor, long consentVersion) throws Exception {
    var known = new VisitorRef(visitor, Purposes.ALL, consentVersion);
    return rig.decide(0, new Decide("shop", known, Map.of(), "", List.of("hero"), false));
  }

  private static String shown(Decided decided) {
    return String.valueOf(decided.choices().getFirst().variant());
  }

  private void choose(Purposes purposes, long version) throws Exception {
    var record = consent(WITHDRAWS, purposes, version);
    await(rig.bus.ask(Addresses.applyConsent("decisioning").to(0), record));
  }

  private void report(Decided decided) throws Exception {
    var exposed = new Exposed("shop", decided.decision(), List.of("hero"), DecisioningRig.NOW);
    await(rig.bus.ask(Addresses.EXPOSE, exposed));
  }

  private Decisions logged() throws Exception {
    return await(
        rig.bus.ask(
            Addresses.QUERY_DECISIONS,
            new QueryDecisions(null, null, null, null, null, null, null, 10)));
  }

  /** Reports are told of in turn, so that the one of who stays comes after what came before it. */
  @Test
  void report_afterWithdrawal_isNeitherStoredNorCounted() throws Exception {
    var withdrawn = decide(WITHDRAWS, 3);
    var allowed = decide(STAYS, 4);
    assertThat(List.of(shown(withdrawn), shown(allowed))).containsOnly("promo");
    assertThat(logged().decisions()).as("of somebody known, and in the log").hasSize(2);

    choose(Purposes.NONE, 5);
    report(withdrawn);
    report(allowed);
    rig.until(() -> !told.isEmpty());
    assertThat(told).containsExactly(allowed.decision());
    assertThat(logged().exposed()).extracting(Exposed::decision).containsOnly(allowed.decision());

    choose(Purposes.ALL, 6);
    assertThat(shown(decide(WITHDRAWS, 6))).as("none counts against the cap").isEqualTo("promo");
    rig.until(() -> capped(STAYS, 4));
  }

  private boolean capped(Id128 visitor, long consentVersion) {
    try {
      return shown(decide(visitor, consentVersion)).equals("plain");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
