package io.marquetry.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Released;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.StartupProblem;
import io.marquetry.platform.Topology;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two members of a cluster: what travels between them, and what they have to agree about. */
class ClusterBusTest {
  private static final Id128 ONE = new Id128(1, 2);
  private static final Secrets SECRETS = new Secrets(new byte[32], new byte[32]);

  private static List<Integer> ports = List.of();
  private static Joined here;
  private static Joined there;

  /** A process of the cluster, but for its process. */
  private record Joined(Cluster cluster, Vertx vertx, Bus bus) {
    static Joined join(Topology topology) throws Exception {
      var cluster = new Cluster(topology.cluster());
      var vertx =
          await(
              Vertx.builder()
                  .with(
                      new VertxOptions().setEventLoopPoolSize(1).setEventBusOptions(cluster.bus()))
                  .withClusterManager(cluster.manager())
                  .buildClustered());
      Bus.install(vertx);
      return new Joined(cluster, vertx, Bus.of(vertx));
    }
  }

  @BeforeAll
  static void join() throws Exception {
    try (var one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ports = List.of(one.getLocalPort(), two.getLocalPort());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    here = Joined.join(topology(0, 2, "[0]"));
    there = Joined.join(topology(1, 2, "[1]"));
  }

  @AfterAll
  static void leave() throws Exception {
    await(there.vertx().close());
    await(here.vertx().close());
  }

  private static <T> T await(Future<T> work) throws Exception {
    return work.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static Topology topology(int member, int instances, String here) throws Json.Malformed {
    var json =
        """
        {"vertx": {"clustered": true, "cluster": {"name": "test-%1$d", "port": %2$d,
            "members": ["127.0.0.1:%1$d", "127.0.0.1:%3$d"]}},
         "verticles": [{"verticle": "segmentation", "instances": %4$d, "here": %5$s},
             {"verticle": "http"}]}
        """
            .formatted(ports.get(0), ports.get(member), ports.get(1), instances, here);
    return Topology.parse(Json.readObject(json.getBytes(StandardCharsets.UTF_8)), Components.NAMES);
  }

  @Test
  void ask_acrossMembers_isAnswered() throws Exception {
    var members = new Members(1, List.of(new Member(ONE, 5)));
    await(here.bus().serve(Addresses.MEMBERS.to(0), asked -> Future.succeededFuture(members)));
    assertThat(await(there.bus().ask(Addresses.MEMBERS.to(0), new GetMembers("key", 1))))
        .isEqualTo(members)
        .isNotSameAs(members);
  }

  @Test
  void refused_acrossMembers_keepsReasonFieldAndText() throws Exception {
    for (var reason : Refused.Reason.values()) {
      int owner = reason.status();
      await(
          here.bus()
              .serve(
                  Addresses.MEMBERS.to(owner),
                  asked -> Future.failedFuture(new Refused(reason, "a.b", "two\nlines"))));
      var asked = there.bus().ask(Addresses.MEMBERS.to(owner), new GetMembers("key", 1));
      assertThatThrownBy(() -> await(asked))
          .cause()
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.reason()).isEqualTo(reason);
                assertThat(refused.field()).isEqualTo("a.b");
                assertThat(refused.text()).isEqualTo("two\nlines");
              });
    }
  }

  /** Nobody waits out the deadline of half a minute for what can never come. */
  @Test
  void answer_thatCannotBeSent_isAnAnswerAllTheSame() throws Exception {
    var answer = new Released(Map.of("field", new Object()));
    await(here.bus().serve(Addresses.RELEASE.to(0), asked -> Future.succeededFuture(answer)));
    var asked = there.bus().ask(Addresses.RELEASE.to(0), new Release(1, ONE, ONE));
    assertThatThrownBy(() -> await(asked))
        .cause()
        .isInstanceOf(Refused.class)
        .hasMessageContaining("gave no readable answer")
        .hasMessageContaining("Released.state");
  }

  @Test
  void agree_differently_isAProblemThatSaysWhere() throws Exception {
    here.cluster().agree(topology(0, 2, "[0]"), SECRETS);
    there.cluster().agree(topology(1, 2, "[1]"), SECRETS);
    assertProblem(topology(1, 3, "[1]"), SECRETS, "segmentation=3", "segmentation=2");
    assertProblem(topology(1, 2, "[0]"), SECRETS, "segmentation 0 runs in another process");
    var others = new Secrets(new byte[32], new byte[] {1});
    assertProblem(topology(1, 2, "[1]"), others, "other secrets than the cluster");
  }

  private static void assertProblem(Topology topology, Secrets secrets, String... texts) {
    assertThatThrownBy(() -> there.cluster().agree(topology, secrets))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContainingAll(texts);
  }
}
