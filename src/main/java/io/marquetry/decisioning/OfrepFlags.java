package io.marquetry.decisioning;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.platform.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decisions as the flags of OFREP: a component is an object flag, its value what the chosen variant
 * shows. Where no variant may be shown there is no value, and the caller's own default holds.
 *
 * <p>An entity tag is that of all that is told except under which decision: two evaluations with
 * the same tag show the visitor the same. Into it go the version of the definitions, the consent,
 * the context and the outcome; the outcome, because the visitor's profile is in none of the others.
 */
final class OfrepFlags {
  private static final int TAG_BYTES = 16;

  private final Decided decided;
  private final List<Map<String, Object>> flags = new ArrayList<>();

  OfrepFlags(Decided decided, VariantContents contents) {
    this.decided = decided;
    for (var choice : decided.choices()) {
      flags.add(flag(choice, contents));
    }
  }

  private Map<String, Object> flag(Choice choice, VariantContents contents) {
    var flag = new LinkedHashMap<String, Object>();
    flag.put("key", choice.component());
    flag.put("reason", reason(choice));
    var variant = choice.variant();
    if (variant != null) {
      flag.put("variant", variant);
      flag.put("value", value(choice.component(), variant, contents));
    }
    flag.put("metadata", metadata(choice));
    return flag;
  }

  /** The fields themselves, and beside them what else a caller needs to lay them out. */
  private Map<String, Object> value(String component, String variant, VariantContents contents) {
    var shown = new LinkedHashMap<String, Object>();
    contents.add(component, variant, decided.live(), shown);
    var value = new LinkedHashMap<String, Object>();
    if (shown.remove("content") instanceof Map<?, ?> fields) {
      fields.forEach((field, content) -> value.put(String.valueOf(field), content));
    }
    value.putIfAbsent("variant", variant);
    shown.forEach(value::putIfAbsent);
    return value;
  }

  private static String reason(Choice choice) {
    return switch (choice.strategy()) {
      case "baseline", "experiment", "bandit" -> "SPLIT";
      case "none" -> "DISABLED";
      case "fallback" -> isTargeted(choice) ? "TARGETING_MATCH" : "STATIC";
      case "rule", "first-eligible", "model", "recommendation" -> "TARGETING_MATCH";
      default -> "UNKNOWN";
    };
  }

  private static boolean isTargeted(Choice choice) {
    return choice.reasons().stream()
        .anyMatch(reason -> reason.kind().equals("condition") || reason.kind().equals("segment"));
  }

  private Map<String, Object> metadata(Choice choice) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("mode", decided.mode().key());
    metadata.put("strategy", choice.strategy());
    metadata.put("fallbackStep", choice.fallbackStep());
    metadata.put("propensity", choice.propensity());
    metadata.put("confidence", choice.confidence());
    for (var reason : choice.reasons()) {
      if (reason.kind().equals("rule") && choice.strategy().equals("rule")) {
        metadata.put("rule", reason.key());
      }
    }
    return metadata;
  }

  /** The flags in the order in which they were asked for. */
  List<Map<String, Object>> flags() {
    for (var flag : flags) {
      if (flag.get("metadata") instanceof Map<?, ?> metadata) {
        var all = new LinkedHashMap<String, Object>();
        all.put("decisionId", decided.decision());
        metadata.forEach((key, value) -> all.put(String.valueOf(key), value));
        flag.put("metadata", all);
      }
    }
    return flags;
  }

  /** Says of the whole what clients may want to keep. */
  Map<String, Object> metadata() {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("decisionId", decided.decision());
    metadata.put("mode", decided.mode().key());
    metadata.put("definitions", decided.definitions());
    return metadata;
  }

  /**
   * The entity tag, in quotes; to be asked for before {@link #flags}.
   *
   * @param stream where changes are told
   */
  String tag(long consentVersion, Map<String, Object> context, String stream) {
    var told = List.of(decided.definitions(), consentVersion, context, stream, flags);
    var hash = Arrays.copyOf(sha256().digest(Json.write(told)), TAG_BYTES);
    return '"' + HexFormat.of().formatHex(hash) + '"';
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether one of the tags of an {@code If-None-Match} is this one. */
  static boolean matches(String header, String tag) {
    for (var one : header.split(",", -1)) {
      if (bare(one.strip()).equals(bare(tag))) {
        return true;
      }
    }
    return false;
  }

  private static String bare(String tag) {
    var strong = tag.startsWith("W/") ? tag.substring(2) : tag;
    return strong.length() > 1 && strong.startsWith("\"") && strong.endsWith("\"")
        ? strong.substring(1, strong.length() - 1)
        : strong;
  }
}
