package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Draw;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.platform.Json;
import io.vertx.sqlclient.Row;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How choices and signals are written down, and read back. */
final class DecisionJson {
  private static final byte[] NOTHING = {'{', '}'};

  private DecisionJson() {}

  /** One choice as it is answered and logged. */
  static Map<String, Object> choice(Choice choice) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("component", choice.component());
    json.put("variant", choice.variant());
    json.put("strategy", choice.strategy());
    json.put("reasons", choice.reasons().stream().map(DecisionJson::reason).toList());
    json.put("confidence", choice.confidence());
    json.put("propensity", choice.propensity());
    json.put("fallbackStep", choice.fallbackStep());
    var draw = choice.draw();
    if (draw != null) {
      json.put("draw", draw(draw));
    }
    if (!choice.items().isEmpty()) {
      json.put("items", choice.items().stream().map(DecisionJson::item).toList());
    }
    @SuppressWarnings("NullAway") // no variant is written as null
    Map<String, Object> written = json;
    return written;
  }

  private static Map<String, Object> draw(Draw draw) {
    var json = new LinkedHashMap<String, Object>();
    json.put("of", draw.of());
    json.put("epoch", draw.epoch());
    json.put("segments", draw.segments());
    json.put("arms", draw.arms());
    json.put("allocation", draw.allocation());
    json.put("eligible", draw.eligible());
    return json;
  }

  private static Map<String, Object> item(ScoredItem item) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", item.item());
    json.put("score", item.score());
    json.put("confidence", item.confidence());
    return json;
  }

  private static List<ScoredItem> items(@Nullable Object json) {
    var items = new ArrayList<ScoredItem>();
    if (json instanceof List<?> list) {
      for (var one : list) {
        var item = object(one);
        items.add(
            new ScoredItem(
                text(item, "id"),
                number(item, "score").doubleValue(),
                number(item, "confidence").doubleValue()));
      }
    }
    return items;
  }

  private static Map<String, Object> reason(Reason reason) {
    var json = new LinkedHashMap<String, Object>();
    json.put("kind", reason.kind());
    json.put("key", reason.key());
    json.put("text", reason.text());
    return json;
  }

  /** A choice as it is stored. */
  static String write(Choice choice) {
    return Json.writeText(choice(choice));
  }

  static Choice readChoice(String body) {
    return readChoice(Json.readOwn(body));
  }

  /** What a decision read, as it is stored; nothing where it cannot be written. */
  static byte[] signals(DecisionRecord decision) {
    try {
      return Json.write(decision.signals());
    } catch (UncheckedIOException e) {
      // Half of a surrogate pair in something a visitor sent has no form in UTF-8.
      return NOTHING;
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a row in the order of {@link DecisionFilter}.
   *
   * @param choices by number
   */
  static DecisionRecord read(Row row, Map<Long, Choice> choices) {
    return new DecisionRecord(
        PgValues.id(row.getUUID(0)),
        row.getLong(1),
        row.getString(2),
        Mode.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
        row.getUUID(4) == null ? null : PgValues.id(row.getUUID(4)),
        row.getString(5),
        Arrays.stream(row.getArrayOfLongs(9)).map(number -> named(number, choices)).toList(),
        Json.readOwn(row.getBuffer(10).getBytes()),
        row.getLong(6),
        row.getString(7),
        row.getLong(8));
  }

  private static Choice named(long number, Map<Long, Choice> choices) {
    var choice = choices.get(number);
    return choice != null
        ? choice
        : new Choice(
            "\uFFFD",
            null,
            "none",
            List.of(new Reason("error", Long.toHexString(number), "this choice is not in the log")),
            1,
            1,
            -1);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object json) {
    return json instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static Choice readChoice(Map<String, Object> json) {
    var reasons = new ArrayList<Reason>();
    if (json.get("reasons") instanceof List<?> list) {
      for (var one : list) {
        var reason = object(one);
        reasons.add(new Reason(text(reason, "kind"), text(reason, "key"), text(reason, "text")));
      }
    }
    return new Choice(
        text(json, "component"),
        json.get("variant") instanceof String variant ? variant : null,
        text(json, "strategy"),
        reasons,
        number(json, "confidence").doubleValue(),
        number(json, "propensity").doubleValue(),
        number(json, "fallbackStep").intValue(),
        json.get("draw") == null ? null : readDraw(object(json.get("draw"))),
        items(json.get("items")));
  }

  private static Draw readDraw(Map<String, Object> json) {
    return new Draw(
        text(json, "of"),
        number(json, "epoch").longValue(),
        texts(json.get("segments")),
        texts(json.get("arms")),
        numbers(json.get("allocation")),
        texts(json.get("eligible")));
  }

  private static List<String> texts(@Nullable Object json) {
    return json instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  private static List<Double> numbers(@Nullable Object json) {
    return json instanceof List<?> list
        ? list.stream()
            .map(one -> one instanceof Number number ? number.doubleValue() : 0.0)
            .toList()
        : List.of();
  }

  private static String text(Map<String, Object> json, String key) {
    return String.valueOf(json.get(key));
  }

  private static Number number(Map<String, Object> json, String key) {
    return json.get(key) instanceof Number number ? number : 0;
  }
}
