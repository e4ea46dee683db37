package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With consent out of reach the server fails closed: it keeps nothing and targets nobody. */
@Tag("server")
class Invariant06ConsentTest {
  @Test
  void consentNotRunning_knownVisitor_isNeitherRecordedNorTargeted() {
    try (var server = RunningServer.with().start()) {
      var visitor = server.visitor().accepts().in("DE");
      visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
      assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
      server.stop();

      server.restart(RunningServer.with().without("consent"));

      var before = Traces.rows(server);
      var answer = visitor.send(page("/"), page("/pricing/enterprise")).expect(200);
      assertThat(answer.number("aggregateOnly")).isEqualTo(2);
      var shown = visitor.page("/");
      assertThat(shown.variants())
          .containsEntry("hero", "brand")
          .containsEntry("promotion", "germany");
      var decided = decide(server, visitor.deviceId());
      assertThat(decided).isEqualTo("contextual");
      assertThat(Traces.rows(server).get("event_log")).isEqualTo(before.get("event_log"));
      assertThat(server.count("select count(*) from event_log")).isEqualTo(3);
    }
  }

  private static String decide(RunningServer server, String device) {
    var body =
        Map.of(
            "writeKey", RunningServer.DEMO, "anonymousId", device, "components", List.of("hero"));
    return server.post("/v1/decide", body).expect(200).text("mode");
  }
}
