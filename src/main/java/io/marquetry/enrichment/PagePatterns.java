package io.marquetry.enrichment;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A site's patterns: which kind of page a path is, and what it is about.
 *
 * <p>The first pattern found in the path decides. A class or a topic may name a group of the
 * pattern, as {@code $1}; what it caught is decoded and in lower case. Patterns run in linear time
 * (RE2) and are compiled once, when they are defined.
 */
public final class PagePatterns {
  /** No pattern. */
  public static final PagePatterns NONE = new PagePatterns(List.of());

  /** Most patterns of one site. */
  public static final int MOST = 200;

  private static final int MAX_PATTERN = 500;
  private static final int MAX_NAME = 64;
  private static final int MAX_PATH = 1_024;

  private final List<Rule> rules;

  private record Rule(Pattern pattern, @Nullable String kind, @Nullable String topic) {}

  private PagePatterns(List<Rule> rules) {
    this.rules = rules;
  }

  /** Patterns that cannot be used, and which field is wrong. */
  public static final class Faulty extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String field;

    Faulty(String field, String message) {
      super(message, null, false, false);
      this.field = field;
    }

    /** Such as {@code [2].pattern}. */
    public String field() {
      return field;
    }
  }

  /**
   * Reads a list of {@code {pattern, class?, topic?}}.
   *
   * @throws Faulty naming what is wrong
   */
  public static PagePatterns parse(@Nullable Object json) {
    if (json == null) {
      return NONE;
    }
    if (!(json instanceof List<?> list) || list.size() > MOST) {
      throw new Faulty("", "must be a list of at most " + MOST + " patterns");
    }
    var rules = new ArrayList<Rule>(list.size());
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof Map<?, ?> map)) {
        throw new Faulty("[" + i + "]", "must be an object");
      }
      rules.add(rule("[" + i + "]", map));
    }
    return new PagePatterns(List.copyOf(rules));
  }

  private static Rule rule(String at, Map<?, ?> map) {
    for (var key : map.keySet()) {
      if (!List.of("pattern", "class", "topic").contains(key)) {
        throw new Faulty(at + "." + key, "is unknown; known are class, pattern, topic");
      }
    }
    var pattern = pattern(at + ".pattern", map.get("pattern"));
    var kind = name(at + ".class", map.get("class"), pattern);
    var topic = name(at + ".topic", map.get("topic"), pattern);
    if (kind == null && topic == null) {
      throw new Faulty(at, "must say a class or a topic");
    }
    return new Rule(pattern, kind, topic);
  }

  private static Pattern pattern(String at, @Nullable Object value) {
    if (!(value instanceof String text) || text.isEmpty() || text.length() > MAX_PATTERN) {
      throw new Faulty(at, "is required: a regular expression of at most " + MAX_PATTERN);
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new Faulty(at, "is no regular expression: " + e.getDescription());
    }
  }

  private static @Nullable String name(String at, @Nullable Object value, Pattern pattern) {
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text) || text.isBlank() || text.length() > MAX_NAME) {
      throw new Faulty(at, "must be a text of at most " + MAX_NAME + " characters");
    }
    int group = group(text);
    if (group > pattern.groupCount()) {
      throw new Faulty(
          at, "names group " + group + ", but the pattern has " + pattern.groupCount());
    }
    return text;
  }

  /** The group that a text names, 0 where it names none. */
  private static int group(String text) {
    return text.length() == 2
            && text.charAt(0) == '$'
            && text.charAt(1) >= '1'
            && text.charAt(1) <= '9'
        ? text.charAt(1) - '0'
        : 0;
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /** {@code class} and {@code topic} of a path, as far as a pattern says. */
  Map<String, Object> of(String path) {
    var text = path.length() > MAX_PATH ? path.substring(0, MAX_PATH) : path;
    for (var rule : rules) {
      var matcher = rule.pattern().matcher(text);
      if (matcher.find()) {
        var page = new LinkedHashMap<String, Object>(4);
        put(page, "class", rule.kind(), matcher);
        put(page, "topic", rule.topic(), matcher);
        return page;
      }
    }
    return Map.of();
  }

  private static void put(
      Map<String, Object> page, String key, @Nullable String name, Matcher matcher) {
    var text = name;
    if (name != null && group(name) > 0) {
      var caught = matcher.group(group(name));
      text = caught == null ? null : Address.decoded(caught).toLowerCase(Locale.ROOT);
    }
    if (text != null && !text.isEmpty() && text.length() <= MAX_NAME) {
      page.put(key, text);
    }
  }
}
