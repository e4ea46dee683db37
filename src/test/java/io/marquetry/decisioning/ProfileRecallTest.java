package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.ask;
import static io.marquetry.decisioning.DecisioningRig.await;
import static io.marquetry.decisioning.DecisioningRig.consent;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.decisioning.core.Given;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Visitors whose profile had to leave memory, or never came into it, are met by it all the same.
 */
class ProfileRecallTest {
  private static final int HELD = 10;

  private final DecisioningRig rig = new DecisioningRig();
  private final List<GetSnapshots> asked = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private static Id128 id(int number) {
    return new Id128(number * 7L, number);
  }

  private static ProfileSnapshot vip(int number) {
    return Given.profile(id(number), 1, List.of("vip"), Map.of());
  }

  private static VisitorRef visitor(int number) {
    return new VisitorRef(id(number), Purposes.ALL, number);
  }

  private static Future<Profiles> found(GetSnapshots ask) {
    var found = ask.profiles().stream().map(one -> vip((int) one.low())).toList();
    return Future.succeededFuture(new Profiles(found, true));
  }

  /** Twenty VIPs, of whom ten are held at a time. */
  private void start(Map<String, Object> config) throws Exception {
    var all = new ArrayList<ProfileSnapshot>();
    for (int number = 1; number <= 2 * HELD; number++) {
      all.add(vip(number));
      rig.consents.add(consent(id(number), Purposes.ALL, number));
    }
    rig.serveCatalogue(
        Given.catalogue()
            .component("hero", "brand")
            .variant("hero", "brand")
            .variant("hero", "vip")
            .show("for-vips", "hero", 9, Map.of("$inSegment", "vip"), "vip")
            .build());
    rig.serveConsent();
    rig.serveProfiles(all);
    rig.deploy(1, config);
    rig.untilState("ready");
  }

  private Decided decide(int number) throws Exception {
    return rig.decide(0, ask(visitor(number), true, "hero"));
  }

  private static String variant(Decided decided) {
    return String.valueOf(decided.choices().getFirst().variant());
  }

  @Test
  void decide_evictedVisitor_isMetByTheirProfile() throws Exception {
    rig.serveSnapshots(
        ask -> {
          asked.add(ask);
          return found(ask);
        });
    start(Map.of("maxVisitors", HELD, "recallMillis", 200, "pageBudgetMillis", 200));
    for (int number = 1; number <= 2 * HELD; number++) {
      assertThat(variant(decide(number))).as("visitor %d", number).isEqualTo("vip");
    }
    assertThat(asked.size()).isGreaterThanOrEqualTo(HELD);
  }

  @Test
  void decide_visitorOnlyInTheStoreSinceTheStart_isMetByTheirProfile() throws Exception {
    rig.serveSnapshots(ProfileRecallTest::found);
    rig.serveCatalogue(
        Given.catalogue()
            .component("hero", "brand")
            .variant("hero", "brand")
            .variant("hero", "vip")
            .show("for-vips", "hero", 9, Map.of("$inSegment", "vip"), "vip")
            .build());
    rig.consents.add(consent(id(1), Purposes.ALL, 1));
    rig.serveConsent();
    rig.serveProfiles(List.of(), false);
    rig.deploy(1, Map.of());
    rig.untilState("ready");
    assertThat(variant(decide(1))).isEqualTo("vip");
  }

  @Test
  void decide_newVisitorAfterEvictions_isPersonalizedOnNothingYet() throws Exception {
    rig.serveSnapshots(ask -> Future.succeededFuture(new Profiles(List.of(), true)));
    rig.consents.add(consent(id(99), Purposes.ALL, 99));
    start(Map.of("maxVisitors", HELD));
    var decided = decide(99);
    assertThat(decided.mode()).isEqualTo(Mode.PERSONALIZED);
    assertThat(variant(decided)).isEqualTo("brand");
  }

  @Test
  void decide_ownerLate_goesContextualAndIsReadyForTheNextPage() throws Exception {
    var answer = Promise.<Profiles>promise();
    var question = new AtomicReference<GetSnapshots>();
    rig.serveSnapshots(
        ask -> {
          question.set(ask);
          return answer.future();
        });
    start(Map.of("maxVisitors", HELD, "recallMillis", 20));
    int evicted = evicted();
    assertThat(question.get().profiles()).containsExactly(id(evicted));

    answer.complete(new Profiles(List.of(vip(evicted)), true));
    rig.until(() -> personalized(evicted));
    assertThat(variant(decide(evicted))).isEqualTo("vip");
  }

  /** Somebody who is not held; their page says so. */
  private int evicted() throws Exception {
    for (int number = 1; number <= 2 * HELD; number++) {
      var decided = decide(number);
      if (decided.mode() == Mode.CONTEXTUAL) {
        assertThat(decided.choices().getFirst().reasons().getFirst().text())
            .contains("not in memory");
        return number;
      }
    }
    throw new AssertionError("everybody is held");
  }

  private boolean personalized(int number) {
    try {
      return decide(number).mode() == Mode.PERSONALIZED;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void decide_ownerRefuses_goesContextualAndAsksAgain() throws Exception {
    rig.serveSnapshots(
        ask -> {
          asked.add(ask);
          return Future.failedFuture(new Refused(Reason.UNAVAILABLE, "no store"));
        });
    start(Map.of("maxVisitors", HELD));
    int evicted = evicted();
    int before = asked.size();
    assertThat(decide(evicted).mode()).isEqualTo(Mode.CONTEXTUAL);
    assertThat(asked).hasSize(before + 1);
  }

  @Test
  void decide_manyEvictedAtOnce_goTogether() throws Exception {
    var first = Promise.<Void>promise();
    rig.serveSnapshots(
        ask -> {
          asked.add(ask);
          return first.future().compose(done -> found(ask));
        });
    start(Map.of("maxVisitors", 1, "recallMillis", 200, "pageBudgetMillis", 200));
    var pages = new ArrayList<Future<Decided>>();
    for (int number = 1; number <= 2 * HELD; number++) {
      pages.add(rig.bus.ask(Addresses.DECIDE.to(0), ask(visitor(number), true, "hero")));
    }
    rig.until(() -> asked.size() == 1);
    rig.state(0); // whoever asked is heard by now
    first.complete();
    for (var page : pages) {
      assertThat(variant(await(page))).isEqualTo("vip");
    }
    assertThat(asked).hasSize(2);
    assertThat(asked.get(1).profiles().size()).isGreaterThan(HELD);
  }

  @Test
  void recall_mergedAwayMeanwhile_isNotHeld() throws Exception {
    var answer = Promise.<Profiles>promise();
    rig.serveSnapshots(
        ask -> {
          asked.add(ask);
          return asked.size() == 1
              ? answer.future()
              : Future.succeededFuture(new Profiles(List.of(), true));
        });
    start(Map.of("maxVisitors", HELD, "recallMillis", 20));
    int evicted = evicted();
    rig.change(new ProfilesChanged(List.of(), List.of(id(evicted))));
    rig.state(0); // the change is heard by now
    answer.complete(new Profiles(List.of(vip(evicted)), true));
    rig.until(() -> personalized(evicted));
    assertThat(variant(decide(evicted))).isEqualTo("brand");
  }

  @Test
  void recall_tooManyWaiting_isShedAndCounted() throws Exception {
    rig.serveSnapshots(ask -> Promise.<Profiles>promise().future());
    var shed = Promise.<Long>promise();
    rig.vertx.runOnContext(
        here -> {
          var recall = new ProfileRecall(rig.vertx, rig.bus, 1, 100, kept -> {});
          for (int number = 0; number < ProfileRecall.MAX_WAITING + 5; number++) {
            var unused = recall.recall(new Id128(1, number), 200);
          }
          shed.complete(recall.shed());
        });
    assertThat(await(shed.future())).isEqualTo(5);
  }
}
