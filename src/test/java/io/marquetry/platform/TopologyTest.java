package io.marquetry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopologyTest {
  private static final Set<String> KNOWN = Set.of("ingest", "segmentation");

  private static Topology parse(String json) throws Json.Malformed {
    return Topology.parse(Json.readObject(json.getBytes(StandardCharsets.UTF_8)), KNOWN);
  }

  @Test
  void parse_placements_inOrderWithTheirSettings() throws Json.Malformed {
    var topology =
        parse(
            """
            {"vertx":{"eventLoops":3},
             "verticles":[{"verticle":"segmentation","instances":2,"config":{"a":1}},{"verticle":"ingest"}]}
            """);
    assertThat(topology.eventLoops()).isEqualTo(3);
    assertThat(topology.placements())
        .extracting(Topology.Placement::component)
        .containsExactly("segmentation", "ingest");
    assertThat(topology.instances("segmentation")).isEqualTo(2);
    assertThat(topology.placements().getFirst().config()).containsEntry("a", 1L);
    assertThat(topology.runs("identity")).isFalse();
  }

  @Test
  void parse_wrong_namesWhatAndWhere() {
    assertProblem("{\"verticles\":[]}", "must be a list that is not empty");
    assertProblem("{\"verticles\":[{\"verticle\":\"ingset\"}]}", "'ingset'; known are [ingest");
    assertProblem("{\"verticles\":[{\"verticle\":\"ingest\",\"instances\":2}]}", "runs once");
    assertProblem("{\"verticles\":[{\"verticle\":\"ingest\",\"colour\":2}]}", "colour is unknown");
    assertProblem("{\"verticles\":[{\"verticle\":\"ingest\"}],\"x\":1}", "x is unknown");
    assertProblem(
        "{\"verticles\":[{\"verticle\":\"ingest\"},{\"verticle\":\"ingest\"}]}", "listed twice");
    assertProblem(
        "{\"verticles\":[{\"verticle\":\"ingest\",\"threading\":\"fast\"}]}",
        "event-loop or virtual");
  }

  private static void assertProblem(String json, String text) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining(text);
  }
}
