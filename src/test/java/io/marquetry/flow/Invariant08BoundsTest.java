package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.Beacon;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies, batches and what waits are bounded, and whoever is turned away is told so. */
@Tag("server")
class Invariant08BoundsTest {
  private static final int PENDING = 1 << 20;

  @RegisterExtension
  static final RunningServer SERVER =
      RunningServer.with().setting("ingest", "maxPendingBytes", PENDING).prepared();

  @Test
  void body_beyond500Kilobytes_is413() {
    var body = "{\"writeKey\":\"demo\",\"batch\":[" + " ".repeat(520 * 1024) + "]}";
    SERVER.post("/v1/batch", body).expect(413);
  }

  @Test
  void gzipBomb_is413() {
    var zeros = new byte[8 << 20];
    java.util.Arrays.fill(zeros, (byte) ' ');
    SERVER.post("/v1/batch", gzip(zeros)).expect(413);
  }

  private static byte[] gzip(byte[] bytes) {
    var out = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  @Test
  void event_beyond32Kilobytes_isTurnedDownAndItsNeighboursKept() {
    var visitor = SERVER.visitor().accepts();
    var large = track("Large", Map.of("text", "x".repeat(33 * 1024)));
    var answer = visitor.send(page("/"), large, page("/products")).expect(200);
    assertThat(answer.text("rejected.0.code")).isEqualTo("too_large");
    assertThat(answer.number("rejected.0.index")).isEqualTo(1);
    assertThat(SERVER.profile("anonymous:" + visitor.deviceId()).number("events")).isEqualTo(2);
  }

  @Test
  void batch_beyond500Events_is400() {
    var beacons = Stream.generate(() -> page("/")).limit(501).toArray(Beacon[]::new);
    SERVER.visitor().send(beacons).expect(400);
  }

  @Test
  void moreThanMayWait_logFrozen_isToldToWait() throws Exception {
    var cookie = SERVER.visitor().accepts().cookie("mq_id");
    var text = "x".repeat(30 * 1024);
    SERVER.postgres().freeze();
    var answers = new ArrayList<Answer>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<Answer>> sent = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        sent.add(threads.submit(() -> large(cookie, text)));
      }
      for (var one : sent) {
        answers.add(one.get());
      }
    } finally {
      SERVER.postgres().thaw();
    }
    assertThat(answers).extracting(Answer::status).isSubsetOf(429, 503).contains(429);
    assertThat(answers).allSatisfy(one -> assertThat(one.header("Retry-After")).matches("\\d+"));
    Until.until("beacons are taken again", () -> large(cookie, text).status() == 200);
  }

  /** Some 400 KB in one beacon. */
  private static Answer large(String cookie, String text) {
    var beacons =
        Stream.generate(() -> track("Large", Map.of("text", text)))
            .limit(13)
            .toArray(Beacon[]::new);
    return SERVER.visitor().setCookie("mq_id", cookie).send(beacons);
  }
}
