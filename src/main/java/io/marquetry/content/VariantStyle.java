package io.marquetry.content;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The look of a variant: classes for the slot and values for CSS custom properties.
 *
 * <p>A strict content security policy allows no inline styles, so the properties become one rule of
 * a style sheet that we serve. Only a small grammar of values is let through, see {@link CssValue}.
 */
public record VariantStyle(String classes, Map<String, String> vars) {
  /** No classes and no properties. */
  public static final VariantStyle NONE = new VariantStyle("", Map.of());

  private static final int MAX_VARS = 64;
  private static final int MAX_CLASSES = 512;

  public VariantStyle {
    vars = Collections.unmodifiableMap(new TreeMap<>(vars));
  }

  /**
   * Reads {@code {"class": "a b", "vars": {"--accent": "#c33"}}}.
   *
   * @throws InvalidContentException naming the faulty member
   */
  public static VariantStyle parse(Map<String, ?> json) {
    for (String member : json.keySet()) {
      if (!member.equals("class") && !member.equals("vars")) {
        throw new InvalidContentException("style." + member, "is unknown; use class and vars");
      }
    }
    return new VariantStyle(classes(json.get("class")), vars(json.get("vars")));
  }

  private static String classes(@Nullable Object json) {
    if (json == null) {
      return "";
    }
    if (!(json instanceof String text) || text.length() > MAX_CLASSES) {
      throw new InvalidContentException("style.class", "must be a string of class names");
    }
    StringBuilder classes = new StringBuilder();
    for (String name : text.strip().split("\\s+", -1)) {
      if (!name.isEmpty()) {
        classes.append(classes.isEmpty() ? "" : " ").append(Keys.check("style.class", name));
      }
    }
    return classes.toString();
  }

  private static Map<String, String> vars(@Nullable Object json) {
    if (json == null) {
      return Map.of();
    }
    if (!(json instanceof Map<?, ?> map) || map.size() > MAX_VARS) {
      throw new InvalidContentException("style.vars", "must be an object of custom properties");
    }
    Map<String, String> vars = new LinkedHashMap<>();
    map.forEach((name, value) -> vars.put(name(String.valueOf(name)), value(name, value)));
    return vars;
  }

  private static String name(String name) {
    if (!name.startsWith("--") || name.length() < 3 || !Keys.isKey(name)) {
      throw new InvalidContentException(
          "style.vars." + Keys.shortened(name), "must be a custom property such as --accent");
    }
    return name;
  }

  private static String value(Object name, @Nullable Object value) {
    String css = value instanceof String || value instanceof Number ? value.toString().strip() : "";
    if (CssValue.isSafe(css)) {
      return css;
    }
    throw new InvalidContentException(
        "style.vars." + name, "must be colours, lengths, names or numbers, without url or quotes");
  }

  /** The rule that sets the properties on a variant's slots; empty when there are none. */
  public String cssRule(String component, String variantKey) {
    if (vars.isEmpty()) {
      return "";
    }
    StringBuilder rule = new StringBuilder("mq-slot[data-mq-component=\"");
    rule.append(Keys.check("component", component)).append("\"][data-mq-variant=\"");
    rule.append(Keys.check("key", variantKey)).append("\"]");
    char before = '{';
    for (Map.Entry<String, String> var : vars.entrySet()) {
      rule.append(before).append(var.getKey()).append(':').append(var.getValue());
      before = ';';
    }
    return rule.append("}").toString();
  }
}
