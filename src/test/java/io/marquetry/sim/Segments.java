package io.marquetry.sim;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * What is defined in a run, and once more what it means: each segment as the condition that the
 * server is given, and as a question to {@link Facts}.
 */
final class Segments {
  private final long version;
  private final boolean granted;
  private final List<Segment> all = new ArrayList<>();
  private final long window;

  /**
   * @param visits whether it asks for visits, which are known exactly only as far as they are kept
   */
  record Segment(String key, Map<String, Object> condition, boolean visits, Meaning meaning) {}

  /** Whether somebody with this history is a member at a moment. */
  interface Meaning {
    boolean holds(Facts facts, long now);
  }

  /**
   * @param granted whether visitors who made no choice consent
   */
  Segments(long version, boolean granted, SplittableRandom chance) {
    this.version = version;
    this.granted = granted;
    long bought = 1 + chance.nextInt(3);
    long looked = 2 + chance.nextInt(3);
    long pages = 2 + chance.nextInt(2);
    int below = List.of(30, 50, 70).get(chance.nextInt(3));
    long spent = 50L + chance.nextInt(300);
    long kinds = 2L + chance.nextInt(4);
    window = List.of(15L, 40L, 90L).get(chance.nextInt(3)) * 1_000;
    var plan = chance.nextBoolean() ? "pro" : "free";
    Meaning buyer = (facts, now) -> facts.count("Order Completed") >= bought;
    Meaning browsing = (facts, now) -> facts.count("Product Viewed", now - window) >= looked;
    add(
        "plan",
        Map.of("traits.plan", plan),
        (facts, now) -> plan.equals(facts.traits().get("plan")));
    add("buyers", did("Order Completed", "ever", bought), buyer);
    add("browsing", did("Product Viewed", "PT" + window / 1_000 + "S", looked), browsing);
    add(
        "cheap",
        Map.of(
            "$did",
            Map.of(
                "event",
                "Product Viewed",
                "where",
                Map.of("properties.price", Map.of("$lt", below)),
                "within",
                "ever",
                "count",
                Map.of("$gte", 2))),
        (facts, now) -> facts.cheapViews(below) >= 2);
    add(
        "idle-buyers",
        Map.of("$and", List.of(in("buyers"), Map.of("$not", in("browsing")))),
        (facts, now) -> buyer.holds(facts, now) && !browsing.holds(facts, now));
    visits(
        "reading", did("page", "session", pages), (facts, now) -> pageViews(facts, now) >= pages);
    visits(
        "deep",
        Map.of("session.pageViews", Map.of("$gte", 4)),
        (facts, now) -> pageViews(facts, now) >= 4);
    visits("back", Map.of("isReturning", true), (facts, now) -> facts.visits().size() > 1);
    if (version > 1) {
      all.remove(chance.nextInt(4) == 0 ? 0 : all.size() - 1);
      late(spent, kinds, chance);
    }
  }

  /** Some that nobody counted for from the beginning. */
  private void late(long spent, long kinds, SplittableRandom chance) {
    if (chance.nextBoolean()) {
      add(
          "spenders",
          ever("Order Completed", "sum", "total", spent),
          (facts, now) -> facts.sum("Order Completed", "total") >= spent);
    }
    if (chance.nextBoolean()) {
      add(
          "curious",
          ever("Product Viewed", "distinct", "product_id", kinds),
          (facts, now) -> facts.different("Product Viewed", "product_id") >= kinds);
    }
  }

  private static Map<String, Object> ever(String event, String what, String property, long least) {
    var amount = Map.of("property", property, "is", Map.of("$gte", least));
    return Map.of("$did", Map.of("event", event, "within", "ever", what, amount));
  }

  private static long pageViews(Facts facts, long now) {
    return facts.visit(now).stream().filter(event -> event.type() == EventType.PAGE).count();
  }

  private static Map<String, Object> in(String segment) {
    return Map.of("$inSegment", segment);
  }

  private static Map<String, Object> did(String event, String within, long least) {
    return Map.of("$did", Map.of("event", event, "within", within, "count", Map.of("$gte", least)));
  }

  private void add(String key, Map<String, Object> condition, Meaning meaning) {
    all.add(new Segment(key, condition, false, meaning));
  }

  private void visits(String key, Map<String, Object> condition, Meaning meaning) {
    all.add(new Segment(key, condition, true, meaning));
  }

  /** Whether visitors who made no choice consent. */
  boolean granted() {
    return granted;
  }

  List<Segment> all() {
    return all;
  }

  /** After how long answers may change by themselves, in milliseconds. */
  List<Long> windows(Shape shape) {
    return List.of(window, shape.sessionTimeout());
  }

  /** The segments that somebody is in, without those asking for visits where that is not exact. */
  TreeSet<String> of(Facts facts, long now) {
    var keys = new TreeSet<String>();
    for (var segment : comparable(facts)) {
      if (segment.meaning().holds(facts, now)) {
        keys.add(segment.key());
      }
    }
    return keys;
  }

  /** The segments that can be told for this history. */
  List<Segment> comparable(Facts facts) {
    boolean exact = facts.visitsAreExact();
    return all.stream().filter(segment -> exact || !segment.visits()).toList();
  }

  /** What is defined: a site, the segments, and for each a component that shows who is in it. */
  Catalogue catalogue() {
    var definitions = new ArrayList<Definition>();
    define(
        definitions,
        Kind.SITE,
        Shop.SITE,
        Map.of("identify", "trusted", "consentDefault", granted ? "granted" : "denied"));
    for (var segment : all) {
      var key = segment.key();
      define(definitions, Kind.SEGMENT, key, Map.of("key", key, "condition", segment.condition()));
      define(definitions, Kind.COMPONENT, key, Map.of("key", key, "fallback", List.of("out")));
      define(definitions, Kind.VARIANT, key + "/in", Map.of("status", "published"));
      define(definitions, Kind.VARIANT, key + "/out", Map.of("status", "published"));
      define(
          definitions,
          Kind.RULE,
          key,
          Map.of(
              "key",
              key,
              "component",
              key,
              "priority",
              1,
              "when",
              in(key),
              "then",
              Map.of("show", "in"),
              "enabled",
              true));
    }
    return new Catalogue("v" + version, version, definitions, List.of());
  }

  private static void define(
      List<Definition> into, Kind kind, String key, Map<String, Object> body) {
    into.add(new Definition(kind, key, 1, body));
  }
}
