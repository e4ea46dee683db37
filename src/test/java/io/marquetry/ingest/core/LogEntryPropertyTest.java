package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the log keeps parses to the event that was acknowledged: replay rests on it. */
class LogEntryPropertyTest {
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final long NOW = 1_795_000_000_123L;

  private static final Object[] SENT = {"2026-11-23T10:00:00.001Z", NOW, 1.5, "nonsense", true};

  private final EventParser parser = new EventParser(new Ids(SECRET));

  @Test
  void parse_entryOfAnyCall_isTheSameEvent() throws Exception {
    int events = 0;
    var flags = new HashSet<String>();
    for (long seed = 0; seed < 5_000; seed++) {
      var random = new SplittableRandom(seed);
      var arrival = arrival(random);
      var type = random.nextInt(3) == 0 ? pick(random, EventType.values()) : null;
      var padding = " \n".repeat(random.nextInt(3));
      var text = padding + Json.writeText(call(random)) + padding;
      var body = ("[1," + text + ",2]").getBytes(StandardCharsets.UTF_8);
      int from = 3;
      int to = body.length - 3;
      var json = Json.readObject(text.getBytes(StandardCharsets.UTF_8));

      var newId = EventParser.bringsId(json) ? null : "made-up-" + seed;
      var first = parser.parse(json, type, arrival, newId == null ? "" : newId);
      var head = Json.write(LogEntry.arrival(arrival, type, newId));
      var entry = Json.readOwn(LogEntry.of(head, body, from, to));
      var again = LogEntry.parse(parser, arrival.site(), arrival.receivedAt(), entry);

      assertThat(again).as("seed %d: %s", seed, text).isEqualTo(first);
      if (first instanceof Outcome.Parsed parsed) {
        events++;
        flags.addAll(parsed.event().flags());
        assertThat(parsed.event().messageId()).as("seed %d", seed).isNotBlank();
      }
    }
    assertThat(events).as("the generator makes mostly events").isGreaterThan(1_500);
    assertThat(flags).contains("unverified", "bot", "clamped", "late", "denied", "nobody");
  }

  @Test
  void parse_entryAsDeepAsACallMayBe_isRead() throws Exception {
    int inside = Json.MAX_DEPTH - 3;
    var call =
        "{\"type\":\"page\",\"anonymousId\":\"a\",\"messageId\":\"m\",\"properties\":{\"p\":"
            + "[".repeat(inside)
            + "]".repeat(inside)
            + "}}";
    var body = call.getBytes(StandardCharsets.UTF_8);
    var arrival = new Arrival("shop", false, NOW, null, null, "", "", "", false);
    var first = parser.parse(Json.readObject(body), null, arrival, "");
    var head = Json.write(LogEntry.arrival(arrival, null, null));
    var entry = Json.readOwn(LogEntry.of(head, body, 0, body.length));
    assertThat(LogEntry.parse(parser, "shop", NOW, entry)).isEqualTo(first);
  }

  private static Arrival arrival(SplittableRandom random) {
    return new Arrival(
        pick(random, "shop", "blog"),
        random.nextBoolean(),
        NOW + random.nextInt(1_000_000),
        random.nextBoolean() ? null : pick(random, SENT),
        random.nextBoolean() ? null : pick(random, "cookie-device", "c\u00e9"),
        pick(random, "", "Firefox \u00e9\"", "Googlebot/2.1"),
        pick(random, "", "", "DE"),
        pick(random, "", "BE"),
        random.nextInt(8) == 0);
  }

  private static Map<String, Object> call(SplittableRandom random) {
    var call = new LinkedHashMap<String, @Nullable Object>();
    put(random, call, "type", 8, "page", "track", "track", "identify", "group", "alias", "screen");
    put(random, call, "event", 7, "Product Viewed", "Viewed", "Ordered \ud83d\ude00", "", 7L);
    put(random, call, "messageId", 6, "m1", "m\u00fc", "", " ", null, 12L, "\ud800");
    put(random, call, "anonymousId", 7, "a", "b", "a\u0000", 3L, "\u200b");
    put(random, call, "userId", 3, "u", "v", "", 9L);
    put(random, call, "groupId", 6, "g");
    put(random, call, "previousId", 6, "p");
    put(random, call, "name", 2, "Home", List.of(1L));
    put(random, call, "timestamp", 4, NOW, NOW - 10_000_000_000L, 5L, "2026-11-22", "later");
    put(random, call, "originalTimestamp", 1, NOW - 1);
    put(random, call, "sentAt", 2, NOW, "2026-11-22T10:00:00Z", false);
    put(
        random,
        call,
        "properties",
        6,
        object(random),
        object(random),
        object(random),
        value(random, 2));
    put(random, call, "traits", 3, Map.of("email", "x@example.org"), object(random), List.of(), 7L);
    put(random, call, "context", 5, context(random));
    put(random, call, "unknown \"field\"", 2, value(random, 4));
    @SuppressWarnings("NullAway") // a JSON null is a null value
    Map<String, Object> result = call;
    return result;
  }

  private static Map<String, Object> context(SplittableRandom random) {
    var context = new LinkedHashMap<String, @Nullable Object>();
    put(random, context, "userAgent", 3, "Safari", "AdsBot", 5L);
    put(random, context, "page", 5, Map.of("path", "/\u00fc", "url", "http://x/\u00fc"));
    put(
        random,
        context,
        "consent",
        4,
        Map.of("categoryPreferences", Map.of("analytics", random.nextBoolean())));
    @SuppressWarnings("NullAway") // a JSON null is a null value
    Map<String, Object> result = context;
    return result;
  }

  /** Puts one of the values in {@code odds} of 8 cases. */
  private static void put(
      SplittableRandom random,
      Map<String, @Nullable Object> target,
      String field,
      int odds,
      @Nullable Object... values) {
    if (random.nextInt(8) < odds) {
      target.put(field, pick(random, values));
    }
  }

  private static @Nullable Object value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 7)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> random.nextDouble() * Math.pow(10, random.nextInt(600) - 300);
      case 4 -> "";
      case 5 -> text(random);
      case 6 -> 0.0;
      case 7 -> {
        var list = new ArrayList<@Nullable Object>();
        for (int i = random.nextInt(3); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> object(random);
    };
  }

  private static Map<String, @Nullable Object> object(SplittableRandom random) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = random.nextInt(3); i > 0; i--) {
      map.put(text(random), value(random, 1));
    }
    return map;
  }

  private static String text(SplittableRandom random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      text.appendCodePoint(
          switch (random.nextInt(5)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> '"';
            case 2 -> 0x1F600 + random.nextInt(50);
            case 3 -> 0xE0 + random.nextInt(0x500);
            default -> 'a' + random.nextInt(26);
          });
    }
    return text.toString();
  }

  @SafeVarargs
  private static <T extends @Nullable Object> T pick(SplittableRandom random, T... values) {
    return values[random.nextInt(values.length)];
  }
}
