package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.decisioning.core.SegmentCache;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.Answer;
import io.marquetry.testkit.CopiedProfiles;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * After a crash the segment cache is what it was: every visitor in the same segments, read back
 * from the store and the tail of the log; and while it is being filled, whoever asks is answered.
 */
@Tag("server")
class RebuildTest {
  private static final int COPIES = 20_000;
  private static final int ORIGINALS = 40;
  private static final int SEGMENTS = 12;
  private static final int CHANGED = 300;

  /** On a busy machine a decision may take longer than its deadline. */
  private static final String LATE = "late";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<Id128, List<String>> expected = new HashMap<>();
  private String key = "";

  @Test
  void server_killedUnderUpdates_holdsTheSameSegmentsAndAnswersMeanwhile() {
    try (var server =
        RunningServer.with().noDemo().setting("segmentation", "flushEvery", "PT1S").start()) {
      define(server);
      var profiles = new CopiedProfiles(server.data(), "shop");
      makeOriginals(server, profiles);
      fillStore(server, profiles);

      server.kill9();
      server.restart();
      askUntilReady(server, profiles);
      assertThat(fingerprint(server)).isEqualTo(expectedFingerprint());

      for (int number = 0; number < CHANGED; number++) {
        change(server, profiles, number);
      }
      server.kill9(); // before much of it is stored
      server.restart();
      askUntilReady(server, profiles);
      server.settled();
      assertThat(fingerprint(server)).isEqualTo(expectedFingerprint());
      assertThat(server.admin("system.cache", Map.of()).number("visitors"))
          .isEqualTo(expected.size());
      for (int n = 0; n < SEGMENTS; n++) {
        var segment = server.admin("segments.get", Map.of("key", "s" + n));
        assertThat(segment.number("size")).as("size of s%d", n).isEqualTo(members("s" + n));
      }
    }
  }

  /** Segment n is for those who looked at category n twice; the newest decides what is shown. */
  private void define(RunningServer server) {
    server.admin("sites.put", Map.of("key", "shop", "consentDefault", "granted"));
    key = server.admin("keys.create", Map.of("site", "shop", "kind", "server")).text("key");
    for (int n = 0; n < SEGMENTS; n++) {
      var did =
          Map.of(
              "event",
              "Product Viewed",
              "where",
              Map.of("properties.category", "c" + n),
              "within",
              "ever",
              "count",
              Map.of("$gte", 2));
      server.admin("segments.put", Map.of("key", "s" + n, "condition", Map.of("$did", did)));
    }
    server.admin(
        "components.put",
        Map.of(
            "key",
            "probe",
            "fields",
            List.of(Map.of("key", "text", "type", "text")),
            "template",
            "<b>{{text}}</b>",
            "fallback",
            List.of("none")));
    variant(server, "none");
    for (int n = 0; n < SEGMENTS; n++) {
      variant(server, "s" + n);
      server.admin(
          "rules.put",
          Map.of(
              "key",
              "show-s" + n,
              "component",
              "probe",
              "priority",
              n,
              "when",
              Map.of("$inSegment", "s" + n),
              "then",
              Map.of("show", "s" + n)));
    }
  }

  private static void variant(RunningServer server, String variant) {
    server.admin(
        "variants.put",
        Map.of(
            "component",
            "probe",
            "key",
            variant,
            "content",
            Map.of("text", variant),
            "status",
            "published"));
  }

  /** Original n looked at some categories twice and at some once. */
  private void makeOriginals(RunningServer server, CopiedProfiles profiles) {
    for (int n = 0; n < ORIGINALS; n++) {
      var segments = new TreeSet<String>();
      var events = new ArrayList<Map<String, Object>>();
      for (int category = 0; category < SEGMENTS - 1; category++) {
        int views = (n * 7 + category * 5) % 11 % 3;
        for (int view = 0; view < views; view++) {
          events.add(viewed("original-" + n, category));
        }
        if (views == 2) {
          segments.add("s" + category);
        }
      }
      send(server, events);
      expected.put(profiles.id("original-" + n), List.copyOf(segments));
    }
  }

  private static Map<String, Object> viewed(String visitor, int category) {
    return Map.of(
        "type",
        "track",
        "event",
        "Product Viewed",
        "anonymousId",
        visitor,
        "properties",
        Map.of("category", "c" + category));
  }

  private void send(RunningServer server, List<Map<String, Object>> events) {
    if (!events.isEmpty()) {
      server
          .exchange("POST", "/v1/batch", Map.of("batch", events), Map.of("X-Write-Key", key))
          .expect(200);
    }
  }

  private void fillStore(RunningServer server, CopiedProfiles profiles) {
    Until.until(
        "the originals are stored",
        () ->
            server.count("select count(*) from event_log")
                == server.count(
                    "select coalesce(sum((convert_from(state, 'utf8')::jsonb->>'events')::int), 0)"
                        + " from profile"));
    var originals = new ArrayList<Id128>();
    for (int n = 0; n < ORIGINALS; n++) {
      originals.add(profiles.id("original-" + n));
    }
    try (var database = server.database()) {
      profiles.make(database, originals, COPIES);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    for (int n = 0; n < COPIES; n++) {
      expected.put(profiles.id(CopiedProfiles.name(n)), expected.get(originals.get(n % ORIGINALS)));
    }
  }

  /** A visitor looks at the last category twice, and is in its segment from then on. */
  private void change(RunningServer server, CopiedProfiles profiles, int number) {
    var name = CopiedProfiles.name(number);
    send(server, List.of(viewed(name, SEGMENTS - 1), viewed(name, SEGMENTS - 1)));
    var more = new TreeSet<>(expected.get(profiles.id(name)));
    more.add("s" + (SEGMENTS - 1));
    expected.put(profiles.id(name), List.copyOf(more));
  }

  /**
   * Visitors come while profiles do. Everybody is answered: by the request alone, and saying so, or
   * rightly by their profile.
   */
  private void askUntilReady(RunningServer server, CopiedProfiles profiles) {
    var asked = new int[1];
    Until.until(
        "all profiles are held",
        PATIENCE,
        () -> {
          for (int i = 0; i < 20; i++) {
            ask(server, profiles, asked);
          }
          return server.get("/health/ready").status() == 200;
        });
    for (int i = 0; i < 200; i++) {
      assertThat(ask(server, profiles, asked)).isIn("personalized", LATE);
    }
  }

  private String ask(RunningServer server, CopiedProfiles profiles, int[] asked) {
    int number = (int) (asked[0]++ * 7919L % COPIES);
    var name = CopiedProfiles.name(number);
    var answer =
        server.exchange(
            "POST",
            "/v1/decide",
            Map.of("anonymousId", name, "components", List.of("probe"), "dryRun", true),
            Map.of("X-Write-Key", key));
    if (answer.status() == 503) {
      return LATE;
    }
    var mode = answer.expect(200).text("mode");
    if (mode.equals("contextual")) {
      assertThat(answer.text("decisions.0.reasons.0.text")).contains("loading");
    } else if (number >= CHANGED) { // those changed may be waiting in the log still
      assertThat(answer.text("decisions.0.variant")).isEqualTo(shown(profiles.id(name)));
    }
    return mode;
  }

  private String shown(Id128 profile) {
    return expected.getOrDefault(profile, List.of()).stream()
        .max((one, other) -> Integer.compare(number(one), number(other)))
        .orElse("none");
  }

  private static int number(String segment) {
    return Integer.parseInt(segment.substring(1));
  }

  private long members(String segment) {
    return expected.values().stream().filter(segments -> segments.contains(segment)).count();
  }

  private static String fingerprint(RunningServer server) {
    Answer cache = server.admin("system.cache", Map.of());
    return cache.text("fingerprint");
  }

  /** From what visitors did, without anything the server has stored. */
  private String expectedFingerprint() {
    var cache = new SegmentCache(expected.size());
    expected.forEach(
        (id, segments) -> cache.put(new ProfileSnapshot(id, "shop", 1, 0, segments, Map.of())));
    var fingerprint = cache.fingerprint();
    while (fingerprint.next()) {
      assertThat(cache.size()).isEqualTo(expected.size());
    }
    return HexFormat.of().toHexDigits(fingerprint.value());
  }
}
