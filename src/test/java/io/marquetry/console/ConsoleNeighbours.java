package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.AssemblyMessage.Rendered;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.IdentityMessage.Connection;
import io.marquetry.bus.IdentityMessage.Connections;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Backfills;
import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.ProfileView;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who the console asks, with one visitor, one decision and a fixed word for everything else. */
final class ConsoleNeighbours {
  static final Map<String, Integer> INSTANCES =
      Map.of("identity", 1, "segmentation", 2, "decisioning", 1);
  static final Id128 DEVICE = new Ids(new byte[32]).device("demo", "ann");
  static final Id128 PROFILE = new Id128(1, 65);
  static final Id128 DECISION = new Id128(0xabcdefL << 40, 2);

  private final Bus bus;

  /** The last question about decisions. */
  volatile @Nullable QueryDecisions asked;

  ConsoleNeighbours(Bus bus) {
    this.bus = bus;
  }

  /** Without this nothing can be put. */
  void confirmDefinitions() {
    INSTANCES.forEach(this::confirmDefinitions);
  }

  private void confirmDefinitions(String component, int instances) {
    for (int i = 0; i < instances; i++) {
      await(
          bus.serve(
              Addresses.define(component).to(i), define -> Future.succeededFuture(Done.DONE)));
    }
  }

  void serve() {
    serveIdentity();
    serveSegmentation();
    serveBackfillsAndProfiles();
    serveConsent();
    serveDecisions();
    serveAssembly();
  }

  private void serveIdentity() {
    await(
        bus.serve(
            Addresses.IDENTIFIERS,
            of ->
                Future.succeededFuture(
                    new Identifiers(
                        of.keys().contains(DEVICE) ? PROFILE : of.keys().getFirst(), of.keys()))));
    await(
        bus.serve(
            Addresses.CONNECTIONS,
            of ->
                Future.succeededFuture(
                    new Connections(
                        of.profile(),
                        List.of(of.profile()),
                        List.of(
                            new Connection(
                                7, 1_000, "cookie", of.profile(), DEVICE, new Id128(3, 3))),
                        List.of(),
                        List.of()))));
  }

  private void serveSegmentation() {
    for (int owner = 0; owner < 2; owner++) {
      var member = new Member(new Id128(owner, owner), 1_000L * owner);
      await(
          bus.serve(
              Addresses.MEMBERS.to(owner),
              of -> Future.succeededFuture(new Members(10, List.of(member)))));
      await(
          bus.serve(
              Addresses.TRY_CONDITION.to(owner),
              of ->
                  Future.succeededFuture(new Tried(1_000, 200, 45, 50, 55, List.of("did that")))));
      await(
          bus.serve(
              Addresses.ping("segmentation").to(owner),
              ping -> Future.succeededFuture(new Pong("segmentation", 0, "ready", 7))));
    }
  }

  private void serveBackfillsAndProfiles() {
    var fill = new FillState(3, List.of("b"), List.of("vip"), 40, List.of(100L, 90L), false);
    await(
        bus.serve(
            Addresses.BACKFILLS,
            of -> Future.succeededFuture(new Backfills(List.of(fill), "", Map.of("vip", 2L)))));
    // 65 & 63 = 1: the profile lives with owner 1 of 2
    await(
        bus.serve(
            Addresses.PROFILE.to(1),
            of ->
                Future.succeededFuture(
                    new ProfileView(
                        of.profile().equals(PROFILE)
                            ? Map.of("profileId", PROFILE.toString(), "site", "demo")
                            : null))));
  }

  private void serveConsent() {
    await(
        bus.serve(
            Addresses.GET_CONSENT,
            of ->
                Future.succeededFuture(
                    new ConsentState(
                        DEVICE.equals(of.device()) ? Purposes.ALL : Purposes.NONE,
                        3,
                        0,
                        "banner",
                        true))));
  }

  private void serveDecisions() {
    await(
        bus.serve(
            Addresses.QUERY_DECISIONS,
            query -> {
              asked = query;
              boolean other = query.decision() != null && !query.decision().equals(DECISION);
              return Future.succeededFuture(
                  other
                      ? new Decisions(List.of())
                      : new Decisions(
                          List.of(decision()),
                          List.of(
                              new Exposed("demo", DECISION, List.of("hero"), 7_000),
                              new Exposed("elsewhere", DECISION, List.of("hero"), 8_000))));
            }));
  }

  private void serveAssembly() {
    await(
        bus.serve(
            Addresses.RENDER,
            of ->
                Future.succeededFuture(
                    new Rendered("<b>" + of.component() + of.variant() + "</b>", of.live()))));
  }

  private static DecisionRecord decision() {
    return new DecisionRecord(
        DECISION,
        0,
        "demo",
        Mode.PERSONALIZED,
        PROFILE,
        "home",
        List.of(
            new Choice(
                "hero", "v", "rule", List.of(new Reason("rule", "r", "because")), 1, 0.5, -1)),
        Map.of("visits", 2),
        3,
        "0123456789abcdef",
        1_500);
  }
}
