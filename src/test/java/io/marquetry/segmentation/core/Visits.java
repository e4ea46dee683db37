package io.marquetry.segmentation.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events and definitions in few words. */
public final class Visits {
  /** A Monday at noon. */
  public static final long NOON = 1_772_452_800_000L;

  public static final long SECOND = 1_000;
  public static final long MINUTE = 60 * SECOND;
  public static final long TIMEOUT = 30 * MINUTE;
  public static final Id128 VISITOR = new Id128(7, 64);

  /** Knows one device. */
  public static final Devices DEVICES =
      agent -> agent.equals("phone") ? Map.of("class", "mobile") : Map.of();

  private static long messages;

  private Visits() {}

  /** Parses JSON written with single quotes. */
  public static Map<String, Object> json(String text) {
    return Json.readOwn(text.replace('\'', '"'));
  }

  public static Event event(EventType type, String name, long at, Map<String, Object> fields) {
    long number = ++messages;
    var subject = new Subject(VISITOR, null, null, null, "device-1", null);
    return new Event(
        new Id128(number * 0x9E3779B97F4A7C15L, number),
        "m" + number,
        "demo",
        type,
        name,
        subject,
        at,
        at,
        fields,
        List.of());
  }

  public static Event page(String path, long at) {
    return event(
        EventType.PAGE,
        "page",
        at,
        json(
            "{'context':{'page':{'path':'%s','url':'https://shop.example%s'}}}"
                .formatted(path, path)));
  }

  public static Event track(String name, long at) {
    return track(name, at, "{}");
  }

  public static Event track(String name, long at, String properties) {
    return event(EventType.TRACK, name, at, json("{'properties':" + properties + "}"));
  }

  public static Event identify(long at, String traits) {
    return event(EventType.IDENTIFY, "identify", at, json("{'traits':" + traits + "}"));
  }

  /** A catalogue of segments: key, condition, key, condition … */
  public static Catalogue segments(String... keysAndConditions) {
    var definitions = new ArrayList<Definition>();
    for (int i = 0; i < keysAndConditions.length; i += 2) {
      definitions.add(segment(keysAndConditions[i], keysAndConditions[i + 1]));
    }
    return catalogue(definitions);
  }

  public static Definition segment(String key, String condition) {
    return definition(Kind.SEGMENT, key, "{'condition':" + condition + "}");
  }

  public static Definition definition(Kind kind, String key, String body) {
    var fields = new LinkedHashMap<>(json(body));
    fields.putIfAbsent("key", key);
    return new Definition(kind, key, 1, fields);
  }

  public static Catalogue catalogue(List<Definition> definitions) {
    return new Catalogue("v", 1, definitions, List.of());
  }

  static SegmentEngine engine(String... keysAndConditions) {
    return new SegmentEngine(
        PlanCompiler.compile(segments(keysAndConditions)), TIMEOUT, Visits.DEVICES);
  }

  static Profile profile() {
    return new Profile(VISITOR, "demo");
  }
}
