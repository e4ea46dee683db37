package io.marquetry.segmentation.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Conditions of every behavioural kind with small thresholds and short windows, and events that
 * meet them often: on a coarse grid of time, so that edges of windows are hit and moments shared.
 */
final class RandomConditions {
  /** Windows and times are multiples of it. */
  static final long GRID = 60_000;

  private static final List<String> RELATIONS = List.of("$eq", "$ne", "$lt", "$lte", "$gt", "$gte");
  private static final List<String> EVENTS = List.of("A", "B", "C", "page", "Email Opened");

  private final Random random;

  RandomConditions(Random random) {
    this.random = random;
  }

  /** Segments by key, each building at most on those before it. */
  Map<String, Map<String, Object>> segments(int count) {
    var segments = new LinkedHashMap<String, Map<String, Object>>();
    for (int i = 0; i < count; i++) {
      var condition = condition(2, new ArrayList<>(segments.keySet()));
      segments.put("s" + i, condition);
    }
    return segments;
  }

  /** A condition that builds on no segment. */
  Map<String, Object> one() {
    return condition(2, List.of());
  }

  private Map<String, Object> condition(int depth, List<String> known) {
    int kind = random.nextInt(depth == 0 ? 6 : 10);
    return switch (kind) {
      case 0, 1 -> Map.of("$did", did());
      case 2 -> Map.of(random.nextBoolean() ? "$last" : "$first", ago());
      case 3, 4 -> Map.of("$sequence", sequence());
      case 5 ->
          known.isEmpty()
              ? Map.of("$did", did())
              : Map.of("$inSegment", known.get(random.nextInt(known.size())));
      case 6 -> Map.of("$not", condition(depth - 1, known));
      case 7 -> Map.of("$or", List.of(condition(depth - 1, known), condition(depth - 1, known)));
      default -> Map.of("$and", List.of(condition(depth - 1, known), condition(depth - 1, known)));
    };
  }

  private Map<String, Object> did() {
    var did = happening();
    switch (random.nextInt(4)) {
      case 0 -> did.put("within", "session");
      case 1 -> did.put("within", "ever");
      case 2 -> did.put("within", duration(90));
      default -> {}
    }
    int asked = random.nextInt(8);
    if ((asked & 1) != 0) {
      did.put("count", bounds(5));
    }
    if ((asked & 2) != 0) {
      did.put("sum", Map.of("property", "v", "is", bounds(20)));
    }
    if ((asked & 4) != 0) {
      did.put("distinct", Map.of("property", "k", "is", bounds(4)));
    }
    return did;
  }

  private Map<String, Object> happening() {
    var happening = new LinkedHashMap<String, Object>();
    happening.put("event", EVENTS.get(random.nextInt(EVENTS.size())));
    if (random.nextInt(3) == 0) {
      happening.put("where", Map.of("properties.k", "k" + random.nextInt(2)));
    }
    return happening;
  }

  private Map<String, Object> bounds(int most) {
    var bounds = new LinkedHashMap<String, Object>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      bounds.put(RELATIONS.get(random.nextInt(RELATIONS.size())), random.nextInt(most));
    }
    return bounds;
  }

  private Map<String, Object> ago() {
    var ago = happening();
    var bounds = new LinkedHashMap<String, Object>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      bounds.put(RELATIONS.get(2 + random.nextInt(4)), duration(120));
    }
    ago.put("ago", bounds);
    return ago;
  }

  private Map<String, Object> sequence() {
    var sequence = new LinkedHashMap<String, Object>();
    var steps = new ArrayList<>();
    boolean then = random.nextBoolean();
    for (int i = (then ? 1 : 2) + random.nextInt(3); i > 0; i--) {
      steps.add(happening());
    }
    sequence.put("steps", steps);
    if (random.nextInt(4) > 0) {
      sequence.put("within", duration(60));
    }
    if (then) {
      sequence.put("then", Map.of("not", happening(), "for", duration(60)));
    }
    return sequence;
  }

  private String duration(int most) {
    return "PT" + (1 + random.nextInt(most)) + "M";
  }

  /** The name of an event. */
  String event() {
    return EVENTS.get(random.nextInt(EVENTS.size()));
  }

  /** Its properties: amounts, some negative, some with decimals, some missing; and few values. */
  String properties() {
    var amount =
        switch (random.nextInt(5)) {
          case 0 -> "";
          case 1 -> "'v':-%d,".formatted(random.nextInt(4));
          case 2 -> "'v':%d.%d,".formatted(random.nextInt(6), random.nextInt(100));
          default -> "'v':%d,".formatted(random.nextInt(9));
        };
    return "{" + amount + "'k':'k" + random.nextInt(5) + "'}";
  }
}
