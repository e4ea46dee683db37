package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One owner per visitor: no update is lost and none happens twice, whatever comes at once. */
@Tag("server")
class Invariant03OneOwnerTest {
  private static final int SENDERS = 8;
  private static final int EACH = 25;

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void oneVisitor_manyConnections_everyEventCountsOnce() throws InterruptedException {
    SERVER.admin(
        "segments.put",
        Map.of("key", "exactly-all", "name", "Exactly all", "condition", did(SENDERS * EACH)));
    SERVER.admin(
        "segments.put",
        Map.of("key", "one-more", "name", "One more", "condition", did(SENDERS * EACH + 1)));
    var cookie = SERVER.visitor().accepts().cookie("mq_id");
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      senders.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    var tab = SERVER.visitor().setCookie("mq_id", cookie);
                    for (int n = 0; n < EACH; n++) {
                      tab.send(track("Clicked", Map.of())).expect(200);
                    }
                  }));
    }
    for (var sender : senders) {
      sender.join();
    }

    var id = "anonymous:" + SERVER.visitor().setCookie("mq_id", cookie).deviceId();
    var profile = SERVER.profile(id);
    assertThat(profile.number("events")).isEqualTo(SENDERS * EACH);
    assertThat(profile.number("visits")).isEqualTo(1);
    assertThat(profile.list("segments")).contains("exactly-all").doesNotContain("one-more");
  }

  private static Map<String, Object> did(int times) {
    return Map.of(
        "$did", Map.of("event", "Clicked", "within", "ever", "count", Map.of("$gte", times)));
  }

  /** Devices of one person log in while they browse: profiles move between owners under load. */
  @Test
  void devicesJoinWhileTheySend_everyEventCountsOnce() throws InterruptedException {
    List<Thread> devices = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      devices.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    var device = SERVER.visitor().accepts();
                    for (int n = 0; n < EACH; n++) {
                      device.send(n == 10 ? identify("joined", Map.of()) : page("/")).expect(200);
                    }
                  }));
    }
    for (var device : devices) {
      device.join();
    }
    assertThat(SERVER.profile("user:joined").number("events")).isEqualTo(SENDERS * EACH);
  }
}
