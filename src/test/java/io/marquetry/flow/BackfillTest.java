package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A segment that is defined when much has happened, while more happens and the server is killed.
 */
@Tag("server")
class BackfillTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int VISITORS = 1_500;
  private static final int BATCH = 300;

  private static Map<String, Object> event(String device, String id) {
    return Map.of(
        "type",
        "track",
        "event",
        "Brochure Ordered",
        "messageId",
        id,
        "anonymousId",
        device,
        "properties",
        Map.of("copies", 2));
  }

  private static void send(RunningServer server, List<Map<String, Object>> batch) {
    server.post("/v1/batch", Map.of("writeKey", RunningServer.DEMO, "batch", batch)).expect(200);
  }

  /** Each visitor orders as often as its number says, modulo four. */
  private static void history(RunningServer server) {
    var batch = new ArrayList<Map<String, Object>>();
    for (int visitor = 0; visitor < VISITORS; visitor++) {
      for (int order = 0; order <= visitor % 4; order++) {
        batch.add(event("device-" + visitor, "order-" + visitor + "-" + order));
        if (batch.size() == BATCH) {
          send(server, batch);
          batch.clear();
        }
      }
    }
    send(server, batch);
  }

  private static Map<String, Object> segment(String key, String condition) {
    var sum = Map.of("property", "copies", "is", Map.of("$gte", 6));
    Map<String, Object> did =
        condition.equals("sum")
            ? Map.of("event", "Brochure Ordered", "sum", sum)
            : Map.of("event", "Brochure Ordered", "count", Map.of("$gte", 3));
    return Map.of("key", key, "name", key, "condition", Map.of("$did", did));
  }

  private static void awaitDone(RunningServer server, String key) {
    Until.until(
        "the past of " + key + " is counted",
        PATIENCE,
        () -> {
          var got = server.admin("segments.get", Map.of("key", key));
          return got.text("backfill.state").equals("done")
              && got.number("backfill.done") == got.number("backfill.total");
        });
  }

  @Test
  void segment_definedLaterUnderLoad_isThatOfTheLog_alsoAfterKills() {
    try (var server = CrashCheck.granting(RunningServer.with())) {
      history(server);
      server.settled();
      assertPreview(server);
      var before = server.admin("segments.put", segment("regulars", "count"));
      assertThat(before.number("version")).isOne();

      // Two thirds of the visitors order once more while the past is being counted.
      for (int visitor = 0; visitor < VISITORS; visitor++) {
        if (visitor % 3 < 2 && visitor % 50 == 0) {
          send(server, List.of(event("device-" + visitor, "later-" + visitor)));
        }
      }
      awaitDone(server, "regulars");
      assertThat(size(server, "regulars")).isEqualTo(expected());

      server.admin("segments.put", segment("readers", "sum"));
      server.kill9();
      server.restart();
      awaitDone(server, "readers");
      server.kill9();
      server.restart();
      awaitDone(server, "readers");
      server.settled();

      assertThat(size(server, "readers")).isEqualTo(expected());
      assertThat(size(server, "regulars")).isEqualTo(expected());
      assertThat(server.admin("system.status", Map.of()).list("backfills.underWay")).isEmpty();
    }
  }

  /** Before it is defined one can see how large the segment would be. */
  private static void assertPreview(RunningServer server) {
    var condition = segment("regulars", "count").get("condition");
    var all = server.admin("segments.preview", Map.of("condition", condition));
    assertThat(all.at("exact")).isEqualTo(true);
    assertThat(all.number("estimate")).isEqualTo(VISITORS / 2);
    assertThat(all.number("population")).isEqualTo(VISITORS);
    var some = server.admin("segments.preview", Map.of("condition", condition, "sample", 500));
    assertThat(some.at("exact")).isEqualTo(false);
    // One interval in twenty lies beside the truth, but hardly any by its own width.
    double low = some.number("interval.0");
    double high = some.number("interval.1");
    assertThat(low).isLessThan(high);
    assertThat(VISITORS / 2.0).isBetween(2 * low - high, 2 * high - low);
  }

  private static long size(RunningServer server, String key) {
    return (long) server.admin("segments.get", Map.of("key", key)).number("size");
  }

  /** Three orders or more, two copies each. */
  private static long expected() {
    long expected = 0;
    for (int visitor = 0; visitor < VISITORS; visitor++) {
      int orders = 1 + visitor % 4 + (visitor % 3 < 2 && visitor % 50 == 0 ? 1 : 0);
      expected += orders >= 3 ? 1 : 0;
    }
    return expected;
  }
}
