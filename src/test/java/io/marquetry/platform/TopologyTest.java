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

  @Test
  void parse_cluster_saysWhatRunsHere() throws Json.Malformed {
    var topology =
        parse(
            """
            {"vertx":{"clustered":true,"cluster":{"port":5702,"members":["127.0.0.1:5701"]}},
             "verticles":[{"verticle":"segmentation","instances":3,"here":[1]},
                          {"verticle":"ingest","here":[]}]}
            """);
    assertThat(topology.cluster().port()).isEqualTo(5702);
    assertThat(topology.cluster().members()).containsExactly("127.0.0.1:5701");
    assertThat(topology.instances("segmentation")).isEqualTo(3);
    assertThat(topology.placements().getFirst().here()).containsExactly(1);
    assertThat(topology.placements().getLast().here()).isEmpty();
    assertThat(topology.runs("ingest")).as("in another process").isTrue();
  }

  @Test
  void parse_wrongCluster_namesWhatAndWhere() {
    assertProblem("{\"verticles\":[{\"verticle\":\"ingest\",\"here\":[]}]}", "\"clustered\": true");
    assertClusterProblem("", "\"here\":[1]", "verticles[0].here is [1]");
    assertClusterProblem("", "\"here\":[0,0]", "names an instance twice");
    assertClusterProblem("\"host\":\"here\"", "\"here\":[]", "vertx.cluster.host is 'here'");
    assertClusterProblem("\"colour\":1", "\"here\":[]", "vertx.cluster.colour is unknown");
    assertClusterProblem("\"tls\":{\"key\":\"k\"}", "\"here\":[]", "takes three files");
  }

  @Test
  void parse_clusterBeyondThisMachine_takesTlsOrAWord() throws Json.Malformed {
    var outside = "\"host\":\"10.1.2.3\"";
    assertClusterProblem(outside, "\"here\":[]", "would go in the clear");
    parse(cluster(outside + ",\"plaintext\":true", "\"here\":[]"));
    var tls = ",\"tls\":{\"key\":\"k\",\"certificate\":\"c\",\"authority\":\"a\"}";
    assertThat(parse(cluster(outside + tls, "\"here\":[]")).cluster().tls()).isNotNull();
  }

  private static String cluster(String settings, String placement) {
    return "{\"vertx\":{\"clustered\":true,\"cluster\":{"
        + settings
        + "}},\"verticles\":[{\"verticle\":\"ingest\","
        + placement
        + "}]}";
  }

  private static void assertClusterProblem(String settings, String placement, String text) {
    assertProblem(cluster(settings, placement), text);
  }

  private static void assertProblem(String json, String text) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining(text);
  }
}
