package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Visitor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The chain of the demo's call to action, walked by taking one signal away at a time. */
@Tag("server")
class FallbackChainTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void chain_signalsTakenAwayOneByOne_yieldsStepByStep() {
    var visitor = SERVER.visitor().accepts();
    visitor.send(page("/").at(Instant.now().minus(Duration.ofHours(2))), page("/")).expect(200);
    knows(visitor, Map.of("plan", "business", "seats", 120, "industry", "education"));
    shows(visitor, "enterprise-pricing", 0);

    forgets(visitor, "seats");
    shows(visitor, "industry", 1);

    forgets(visitor, "industry");
    shows(visitor, "returning", 2);

    var newcomer = SERVER.visitor().accepts();
    newcomer.looksAt("/");
    shows(newcomer, "default", 3);
  }

  @Test
  void chain_decision_saysWhatWasSkippedAndWhy() {
    var newcomer = SERVER.visitor().accepts();
    newcomer.looksAt("/");
    var decided = decide(newcomer);
    assertThat(decided.list("decisions.0.reasons"))
        .extracting(reason -> Answer.at(reason, "key"))
        .contains("enterprise-pricing", "industry", "returning");
  }

  @Test
  void chain_nobodyKnown_endsInTheDefault() {
    assertThat(SERVER.visitor().page("/").variant("cta")).isEqualTo("default");
  }

  private static void knows(Visitor visitor, Map<String, Object> traits) {
    visitor.send(identify("owner-" + visitor.deviceId(), traits)).expect(200);
  }

  private static void forgets(Visitor visitor, String trait) {
    var none = new HashMap<String, @Nullable Object>();
    none.put(trait, null);
    @SuppressWarnings("NullAway") // a JSON null
    Map<String, Object> traits = none;
    knows(visitor, traits);
  }

  private static void shows(Visitor visitor, String variant, int step) {
    var decided = decide(visitor);
    assertThat(decided.text("decisions.0.variant")).isEqualTo(variant);
    assertThat(decided.number("decisions.0.fallbackStep")).isEqualTo(step);
    assertThat(decided.text("decisions.0.strategy")).isEqualTo("fallback");
    assertThat(visitor.page("/").variant("cta")).isEqualTo(variant);
  }

  private static Answer decide(Visitor visitor) {
    var body =
        Map.of(
            "writeKey", RunningServer.DEMO,
            "anonymousId", visitor.deviceId(),
            "components", List.of("cta"));
    return SERVER.post("/v1/decide", body).expect(200);
  }
}
