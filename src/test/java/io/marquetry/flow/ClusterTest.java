package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.RunningServer.Setup;
import io.marquetry.testkit.ServerProcess;
import io.marquetry.testkit.Topologies;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Visitor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One installation in three processes, by nothing but their {@code verticles.json}: a core that
 * knows visitors, an edge that shows pages, and the console by itself.
 */
@Tag("server")
class ClusterTest {
  private static final String[] CORE = {
    "catalogue", "consent", "identity", "segmentation", "experimentation", "models", "ingest"
  };
  private static final String[] EDGE = {"decisioning", "assembly"};
  private static final List<Integer> PORTS = freePorts();

  private static RunningServer core;
  private static RunningServer edge;
  private static RunningServer office;

  @BeforeAll
  static void start() {
    core = RunningServer.with().verticles(member(0, CORE)).start();
    edge = beside(member(1, EDGE)).start();
    office = beside(member(2, "console")).start();
    Until.untilAsserted("the demo site is there", () -> edge.get("/").expect(200));
    ready();
  }

  @AfterAll
  static void stop() {
    for (var server : new RunningServer[] {office, edge, core}) {
      if (server != null) {
        server.close();
      }
    }
  }

  private static String member(int index, String... here) {
    return Topologies.clustered(PORTS.get(index), PORTS, here);
  }

  private static Setup beside(String verticles) {
    return core.beside().verticles(verticles);
  }

  private static void ready() {
    for (var server : List.of(core, edge, office)) {
      Until.untilAsserted("all answer", () -> server.get("/health/ready").expect(200));
    }
  }

  private static List<Integer> freePorts() {
    var ports = new ArrayList<Integer>();
    try (var one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var three = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (var socket : List.of(one, two, three)) {
        ports.add(socket.getLocalPort());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return ports;
  }

  /** Their browser at the edge: the same cookie, another process. */
  private static Visitor atEdge(Visitor visitor) {
    return edge.visitor().in("DE").setCookie("mq_id", visitor.cookie("mq_id"));
  }

  /** Across processes the page may be a moment behind the beacon. */
  private static void shows(Visitor visitor, String variant) {
    Until.untilAsserted(
        "the edge shows " + variant,
        () -> assertThat(visitor.page("/").variant("hero")).isEqualTo(variant));
  }

  private static Visitor prospect(RunningServer at) {
    var visitor = at.visitor().in("DE").accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    return visitor;
  }

  @Test
  void event_atTheCore_changesThePageAtTheEdge() {
    var visitor = core.visitor().in("DE").accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise");
    assertThat(atEdge(visitor).page("/").variant("hero")).isEqualTo("brand");
    visitor.looksAt("/pricing/enterprise");
    shows(atEdge(visitor), "enterprise");
    assertThat(visitor.page("/").variant("hero")).as("the core's own face").isEqualTo("enterprise");
  }

  @Test
  void event_atTheEdge_isStoredAndAppliedByTheCore() {
    var visitor = prospect(edge);
    shows(visitor, "enterprise");
    assertThat(core.segments("anonymous:" + visitor.deviceId())).contains("enterprise-prospects");
  }

  @Test
  void withdrawal_atTheCore_isConfirmedByTheEdge() {
    var visitor = prospect(core);
    var there = atEdge(visitor);
    shows(there, "enterprise");
    var answer = visitor.refuses();
    assertThat(answer.at("propagation.complete")).isEqualTo(true);
    assertThat(answer.list("propagation.components"))
        .extracting(component -> Answer.at(component, "name"))
        .contains("ingest", "identity", "segmentation", "decisioning", "assembly");
    assertThat(there.page("/").variant("hero")).isEqualTo("brand");
  }

  @Test
  void refusal_crossesProcesses_withItsReasonAndField() {
    var answer =
        core.adminAnswer("segments.put", Map.of("key", "x", "condition", Map.of("$no", 1)));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body()).contains("$no");
    assertThat(core.adminAnswer("components.get", Map.of("key", "nowhere")).status())
        .isEqualTo(404);
  }

  @Test
  void edgeKilled_theCoreGoesOn_andTheEdgeComesBack() {
    var visitor = prospect(core);
    edge.kill9();
    var other = prospect(core);
    assertThat(core.segments("anonymous:" + other.deviceId())).contains("enterprise-prospects");
    assertThat(visitor.send(page("/")).expect(200).at("aggregateOnly")).isNull();
    assertThat(core.get("/health/live").status()).isEqualTo(200);
    edge.restart();
    ready();
    shows(atEdge(visitor), "enterprise");
    shows(atEdge(other), "enterprise");
  }

  @Test
  void coreKilled_theEdgeDecidesByTheRequestAlone_untilItIsBack() {
    var visitor = prospect(core);
    var there = atEdge(visitor);
    shows(there, "enterprise");
    core.kill9();
    var shown = there.page("/");
    assertThat(shown.variants())
        .containsEntry("hero", "brand")
        .containsEntry("promotion", "germany");
    Until.untilAsserted(
        "the edge knows that the core is gone",
        () -> assertThat(edge.get("/health/ready").body()).contains("No handlers"));
    assertThat(there.send(page("/")).status()).isEqualTo(503);
    core.restart();
    ready();
    shows(there, "enterprise");
    var newcomer = prospect(core);
    shows(atEdge(newcomer), "enterprise");
  }

  @Test
  void instance_thatRunsAlready_isNotStartedAgain(@TempDir Path directory) throws IOException {
    assertThat(refused(directory, member(1, EDGE)))
        .contains("decisioning 0 runs in another process of the cluster already");
  }

  private static String refused(Path directory, String verticles) throws IOException {
    var port = freePorts().getFirst();
    var setup = verticles.replace("\"port\" : " + PORTS.get(1), "\"port\" : " + port);
    var file = Files.writeString(directory.resolve("verticles.json"), setup);
    var data = Files.createTempDirectory(directory, "data");
    var process =
        ServerProcess.start(
            List.of("--port", "0", "--data", data.toString(), "--verticles", file.toString()),
            core.beside().environment());
    assertThat(process.awaitExit(60)).as(process.logs()).isEqualTo(1);
    return process.logs();
  }
}
