package io.marquetry.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a middling shop would have defined: 200 segments, 20 components of 6 variants, 50 rules, and
 * a page of 10 kB that shows six of the components. Beyond that a segment, a component and a rule
 * by which it can be seen from outside when an event takes effect.
 */
final class ShopCatalogue {
  static final String SITE = "bench";
  static final String PATH = "/bench";

  /** Where a page that comes from another server is. */
  static final String ORIGIN_PATH = "/site";

  static final String SIGNAL_EVENT = "Bench Signal";
  static final String SIGNAL_COMPONENT = "signal";
  static final String SIGNAL_ON = "\"variant\":\"on\"";
  static final int SHOWN = 6;

  /** What a slot says that nothing is put into. */
  static final String EMPTY = "nothing here";

  static final int SEGMENTS = 200;
  private static final int COMPONENTS = 20;
  private static final int VARIANTS = 6;
  private static final int RULES = 50;
  private static final int PAGE_BYTES = 10 * 1024;
  private static final int ORIGIN_PAGE_BYTES = 50_000;
  private static final int COMPONENT_BYTES = 1_050;

  /** What a page of 10 kB has beside its components. */
  static final int OWN_BYTES = PAGE_BYTES - SHOWN * COMPONENT_BYTES;

  private static final List<String> COUNTRIES = List.of("DE", "FR", "IT", "ES", "PL");

  private final int segments;
  private final List<Operation> operations = new ArrayList<>();

  /** An operation of the administration. */
  record Operation(String name, Map<String, Object> body) {}

  private ShopCatalogue(int segments) {
    this.segments = segments;
  }

  /**
   * In the order in which they must be carried out.
   *
   * @param segments how many segments; a shop with many has more categories, too
   */
  static List<Operation> operations(int segments) {
    var shop = new ShopCatalogue(segments);
    shop.site();
    for (int i = 0; i < segments; i++) {
      shop.segment("s" + i, shop.condition(i));
    }
    for (int i = 0; i < COMPONENTS; i++) {
      shop.component("c" + i);
    }
    for (int i = 0; i < RULES; i++) {
      shop.rule(i);
    }
    shop.signal();
    shop.page();
    return List.copyOf(shop.operations);
  }

  /** The components of the page. */
  static List<String> shown() {
    var shown = new ArrayList<String>();
    for (int i = 0; i < SHOWN; i++) {
      shown.add("c" + i);
    }
    return shown;
  }

  private void add(String operation, Object... members) {
    var body = new LinkedHashMap<String, Object>();
    for (int i = 0; i < members.length; i += 2) {
      body.put((String) members[i], members[i + 1]);
    }
    operations.add(new Operation(operation, body));
  }

  private void site() {
    add(
        "sites.put",
        "key",
        SITE,
        "name",
        "Bench",
        "identify",
        "trusted",
        "consentDefault",
        "granted");
  }

  private void segment(String key, Map<String, Object> condition) {
    add("segments.put", "key", key, "name", "Segment " + key, "condition", condition);
  }

  private Map<String, Object> condition(int i) {
    int kind = i % 5;
    int level = 1 + i / 5 % 8;
    var category = "cat" + i / 5 % Math.max(10, segments / 25);
    return switch (kind) {
      case 0 -> did("Product Viewed", Map.of("properties.category", category), "P30D", level);
      case 1 ->
          did(
              "Product Viewed",
              Map.of("context.page.path", Map.of("$regex", "^/c/" + category)),
              "session",
              level);
      case 2 -> Map.of("geo.country", COUNTRIES.get(level % 5), "traits.plan", "plan" + level);
      case 3 -> Map.of("visits", Map.of("$gte", level), "session.pageViews", Map.of("$gte", level));
      default -> Map.of("$inSegment", "s" + (i - 4), "device.type", "desktop");
    };
  }

  private static Map<String, Object> did(
      String event, Map<String, Object> where, String within, int atLeast) {
    return Map.of(
        "$did",
        Map.of("event", event, "where", where, "within", within, "count", Map.of("$gte", atLeast)));
  }

  /** A component whose variants a model ranks; may be carried out again with another model. */
  static List<Operation> ranked(String key, String model) {
    var shop = new ShopCatalogue(SEGMENTS);
    shop.component(key, "strategy", Map.of("kind", "model", "model", model));
    return List.copyOf(shop.operations);
  }

  private void component(String key, Object... more) {
    add(
        "components.put",
        Stream.concat(
                Stream.of(
                    "key",
                    key,
                    "name",
                    "Component " + key,
                    "fields",
                    List.of(
                        Map.of("key", "title", "type", "text", "required", true),
                        Map.of("key", "link", "type", "url", "required", true)),
                    "template",
                    template(),
                    "fallback",
                    List.of("v1", "v0")),
                Stream.of(more))
            .toArray());
    for (int i = 0; i < VARIANTS; i++) {
      variant(key, "v" + i, Map.of("title", "Title " + i + " of " + key, "link", "/offers/" + i));
    }
  }

  private static String template() {
    var teaser = "<p>A teaser of this component, with some text in it.</p>\n";
    var html = "<section class=\"teasers\"><h2>{{title}}</h2><a href=\"{{link}}\">See</a>\n";
    return html + teaser.repeat((COMPONENT_BYTES - html.length()) / teaser.length()) + "</section>";
  }

  /** What a component looks like on a page. */
  static String fragment(String component) {
    return template()
        .replace("{{title}}", "Title 1 of " + component)
        .replace("{{link}}", "/offers/1");
  }

  private void variant(String component, String key, Map<String, Object> content) {
    add(
        "variants.put",
        "component",
        component,
        "key",
        key,
        "content",
        content,
        "status",
        "published");
  }

  private void rule(int number) {
    Map<String, Object> when =
        number % 2 == 0
            ? Map.of("$inSegment", "s" + number * 5 % segments)
            : Map.of("$inSegment", "s" + number * 5 % segments, "device.type", "desktop");
    rule("r" + number, "c" + number % COMPONENTS, number, when, "v" + (2 + number / COMPONENTS));
  }

  private void rule(
      String key, String component, int priority, Map<String, Object> when, String show) {
    add(
        "rules.put",
        "key",
        key,
        "component",
        component,
        "priority",
        priority,
        "when",
        when,
        "then",
        Map.of("show", show),
        "enabled",
        true);
  }

  private void signal() {
    segment("fresh", Map.of("$did", Map.of("event", SIGNAL_EVENT, "within", "ever")));
    add(
        "components.put",
        "key",
        SIGNAL_COMPONENT,
        "name",
        "Signal",
        "fields",
        List.of(Map.of("key", "text", "type", "text")),
        "template",
        "<b>{{text}}</b>",
        "fallback",
        List.of("off"));
    variant(SIGNAL_COMPONENT, "off", Map.of("text", "off"));
    variant(SIGNAL_COMPONENT, "on", Map.of("text", "on"));
    rule("signal", SIGNAL_COMPONENT, 1, Map.of("$inSegment", "fresh"), "on");
  }

  private void page() {
    var html = page(shown(), OWN_BYTES);
    add("pages.put", "key", "bench", "site", SITE, "path", PATH, "template", html);
  }

  /** A page of 50 kB with slots for the same components, as its own server has it. */
  static String originPage() {
    return page(shown(), ORIGIN_PAGE_BYTES);
  }

  /** A page with slots, and so many bytes of its own around them. */
  static String page(List<String> components, int bytes) {
    var filler = "<p>What the page itself says, around its components.</p>\n";
    var between = filler.repeat(bytes / (components.size() + 1) / filler.length());
    var html = new StringBuilder("<!doctype html><html><head><title>Bench</title></head><body>");
    html.append(between);
    for (var component : components) {
      html.append("<mq-slot component=\"").append(component).append("\">");
      html.append(EMPTY).append("</mq-slot>\n").append(between);
    }
    return html.append("</body></html>").toString();
  }
}
