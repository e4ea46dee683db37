package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Visitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From the moment a withdrawal is acknowledged nothing is kept, enriched or targeted any more. */
@Tag("server")
class WithdrawalTest {
  private static final int SENDERS = 6;

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static Visitor prospect() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
    return visitor;
  }

  @Test
  void withdrawal_answer_saysWhoConfirmedAndHowFast() {
    var answer = prospect().refuses();
    assertThat(answer.at("purposes"))
        .isEqualTo(Map.of("analytics", false, "personalization", false, "marketing", false));
    assertThat(answer.number("version")).isPositive();
    assertThat(answer.at("propagation.complete")).isEqualTo(true);
    assertThat(answer.number("propagation.millis")).isBetween(0.0, 2_000.0);
    assertThat(answer.list("propagation.components"))
        .extracting(component -> Answer.at(component, "name"))
        .contains("ingest", "identity", "segmentation", "decisioning");
    assertThat(answer.list("propagation.components"))
        .allSatisfy(
            component ->
                assertThat((Double) Answer.at(component, "millis")).isBetween(0.0, 2_000.0));
  }

  @Test
  void withdrawal_browser_losesTheCookieInTheAnswer() {
    var visitor = prospect();
    assertThat(visitor.cookie("mq_id")).isNotEmpty();
    var answer = visitor.refuses();
    assertThat(answer.header("Set-Cookie")).contains("mq_id=;").contains("Max-Age=0");
    assertThat(visitor.cookie("mq_id")).isEmpty();
  }

  @Test
  void withdrawal_oldCookieStillSent_nothingIsKeptAndPagesAreContextual() {
    var visitor = prospect().in("DE");
    var cookie = visitor.cookie("mq_id");
    var device = visitor.deviceId();
    visitor.refuses();
    visitor.setCookie("mq_id", cookie);
    long stored = SERVER.count("select count(*) from event_log");
    double events = SERVER.profile("anonymous:" + device).number("events");

    var answer = visitor.send(page("/pricing/enterprise"), page("/")).expect(200);

    assertThat(answer.number("aggregateOnly")).isEqualTo(2);
    assertThat(SERVER.count("select count(*) from event_log")).isEqualTo(stored);
    assertThat(SERVER.profile("anonymous:" + device).number("events")).isEqualTo(events);
    var shown = visitor.page("/");
    assertThat(shown.variants())
        .containsEntry("hero", "brand")
        .containsEntry("promotion", "germany");
    var decision = SERVER.admin("decisions.query", Map.of("decisionId", shown.decision()));
    assertThat(decision.text("decisions.0.mode")).isEqualTo("contextual");
    assertThat(decision.at("decisions.0.profileId")).isNull();
  }

  @Test
  void withdrawal_ofPersonalizationAlone_keepsCollectingAndStopsTargeting() {
    var visitor = prospect();
    visitor.consents(Map.of("personalization", false)).expect(200);
    var answer = visitor.send(page("/")).expect(200);
    assertThat(answer.at("aggregateOnly")).isNull();
    assertThat(visitor.page("/").variant("hero")).isEqualTo("brand");
  }

  @Test
  void withdrawal_thenConsentAgain_personalizesAgain() {
    var visitor = prospect();
    var cookie = visitor.cookie("mq_id");
    visitor.refuses();
    visitor.setCookie("mq_id", cookie).accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
  }

  /** Beacons of the same visitor race with the withdrawal: at the answer everything is decided. */
  @RepeatedTest(5)
  void withdrawal_eventsInFlight_areNotAppliedAfterTheAnswer() throws InterruptedException {
    var visitor = prospect();
    var cookie = visitor.cookie("mq_id");
    var device = visitor.deviceId();
    var withdrawn = new AtomicBoolean();
    var over = new AtomicBoolean();
    var keptLate = new ConcurrentLinkedQueue<String>();
    var underWay = new CountDownLatch(SENDERS * 3);
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      senders.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    var tab = SERVER.visitor().setCookie("mq_id", cookie);
                    while (!over.get()) {
                      boolean late = withdrawn.get();
                      var answer = tab.send(page("/pricing/enterprise")).expect(200);
                      tab.setCookie("mq_id", cookie);
                      if (late && answer.at("aggregateOnly") == null) {
                        keptLate.add(answer.body());
                      }
                      underWay.countDown();
                    }
                  }));
    }
    underWay.await();

    visitor.refuses();
    withdrawn.set(true);
    long stored = SERVER.count("select count(*) from event_log");
    double events = SERVER.profile("anonymous:" + device).number("events");

    long counted = aggregated();
    Until.until("beacons go on after the withdrawal", () -> aggregated() > counted + 20);
    over.set(true);
    for (var sender : senders) {
      sender.join();
    }
    assertThat(keptLate).isEmpty();
    assertThat(SERVER.count("select count(*) from event_log")).isEqualTo(stored);
    assertThat(SERVER.profile("anonymous:" + device).number("events")).isEqualTo(events);
  }

  private static long aggregated() {
    return SERVER.count("select coalesce(sum(n), 0)::bigint from aggregate_count");
  }
}
