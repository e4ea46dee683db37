package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The event-bus bridge as a console or a script speaks to it, frame by frame. */
@Tag("server")
class BridgeTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static String admin() {
    return SERVER.login("admin", RunningServer.PASSWORD);
  }

  @Test
  void operation_withLogin_isAnswered() {
    try (var socket = new BridgeSocket(SERVER)) {
      var status = socket.ask("admin.system.status", Map.of(), admin());
      assertThat(Answer.at(status, "body.log.backend")).isEqualTo("postgresql");
      Map<String, Object> condition =
          Map.of("condition", Map.of("a", 1), "attributes", Map.of("a", 1));
      var tested = socket.ask("admin.conditions.test", condition, admin());
      assertThat(Answer.at(tested, "body.result")).isEqualTo(true);
    }
  }

  @Test
  void operation_withoutLogin_isRefused() {
    try (var socket = new BridgeSocket(SERVER)) {
      var refused = socket.ask("admin.system.status", Map.of(), "");
      assertThat(Answer.at(refused, "body.error.code")).isEqualTo("unauthorized");
      var forged = socket.ask("admin.system.status", Map.of(), "made-up");
      assertThat(Answer.at(forged, "body.error.code")).isEqualTo("unauthorized");
    }
  }

  @Test
  void operation_beyondTheRole_isRefused() {
    SERVER.admin(
        "users.put",
        Map.of("name", "looker", "password", "only looking", "roles", List.of("viewer")));
    var token = SERVER.login("looker", "only looking");
    try (var socket = new BridgeSocket(SERVER)) {
      var seen = socket.ask("admin.segments.list", Map.of(), token);
      assertThat(Answer.at(seen, "body.segments")).isInstanceOf(List.class);
      var refused = socket.ask("admin.holdout.put", Map.of("percent", 10), token);
      assertThat(Answer.at(refused, "body.error.code")).isEqualTo("forbidden");
    }
  }

  @Test
  void addresses_ofTheComponents_areOutOfReach() {
    var token = admin();
    try (var socket = new BridgeSocket(SERVER)) {
      for (var address : List.of("ingest.cmd.accept", "consent.cmd.set", "console.door.login")) {
        var refused = socket.ask(address, Map.of(), token);
        assertThat(refused.get("type")).as(address).isEqualTo("err");
      }
      socket.register("segmentation.evt.changed", token);
      assertThat(socket.next("err")).containsEntry("type", "err");
    }
  }

  @Test
  void feed_withLogin_showsWhatHappensWithoutWhatIsInIt() {
    try (var socket = new BridgeSocket(SERVER)) {
      socket.register("feed.events", admin());
      // Registering is not answered; a question behind it in line is.
      socket.ask("admin.system.status", Map.of(), admin());
      var visitor = SERVER.visitor().accepts();
      visitor.send(page("/a-secret-path")).expect(200);

      var shown = socket.next("rec", "feed.events");

      assertThat(Answer.at(shown, "body.type")).isEqualTo("page");
      assertThat(Answer.at(shown, "body.site")).isEqualTo("demo");
      assertThat(shown.toString())
          .doesNotContain("a-secret-path")
          .doesNotContain(visitor.deviceId());
    }
  }

  @Test
  void feed_withoutLogin_showsNothing() {
    try (var socket = new BridgeSocket(SERVER)) {
      socket.register("feed.events", "");
      assertThat(socket.next("err")).containsEntry("type", "err");
    }
  }

  @Test
  void socket_ofAnotherOrigin_isTurnedAway() {
    assertThat(BridgeSocket.status(SERVER.base(), "https://evil.example")).isEqualTo(403);
  }
}
