package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a rule may say, and which variants it names. */
final class RuleDefinitions {
  private static final int MAX_NAMED = 50;
  private static final int MAX_EXPOSURES = 100;
  private static final Duration MAX_WITHIN = Duration.ofDays(90);
  private static final double MAX_FACTOR = 1_000;
  private static final List<String> CONSEQUENCES =
      List.of("show", "exclude", "boost", "strategy", "cap");

  private RuleDefinitions() {}

  static Map<String, Object> check(Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    var kind = body.optionalText("kind");
    if (kind == null || kind.equals("rule")) {
      return rule(all, body);
    }
    if (kind.equals("constraint")) {
      return constraint(all, body);
    }
    throw body.fault("kind", "must be rule or constraint");
  }

  private static Map<String, Object> rule(Definitions all, Body body) {
    var component = body.key("component");
    if (!all.has(Kind.COMPONENT, component)) {
      throw Body.wrong("component", "there is no component " + component);
    }
    body.number("priority", 0, -1_000_000, 1_000_000);
    Conditions.check(all, body, "when");
    if (body.value("when") == null) {
      body.keep("when", Map.of());
    }
    body.object("then");
    body.inner("then", then -> consequence(all, component, then));
    body.inner("schedule", Schedules::check);
    body.flag("enabled", true);
    return body.done();
  }

  private static Map<String, Object> consequence(Definitions all, String component, Body then) {
    long said = CONSEQUENCES.stream().filter(one -> then.value(one) != null).count();
    if (said != 1) {
      throw Body.wrong("then", "must have exactly one of " + String.join(", ", CONSEQUENCES));
    }
    var show = then.optionalText("show");
    if (show != null) {
      requireVariant(all, component, then.path("show"), show);
    }
    variants(all, component, then, "exclude", true);
    boost(all, component, then);
    ModelRules.requireAsked(all, then);
    then.inner("strategy", strategy -> StrategyDefinitions.check(strategy, exists(all, component)));
    then.inner("cap", cap -> cap(all, component, cap));
    return then.done();
  }

  private static Body.Check exists(Definitions all, String component) {
    return (at, variant) -> requireVariant(all, component, at, variant);
  }

  /** A list of variants; where it is there it may be asked to name one at least. */
  private static void variants(
      Definitions all, String component, Body body, String field, boolean some) {
    var named =
        body.texts(field, MAX_NAMED, (at, variant) -> requireVariant(all, component, at, variant));
    if (some && named != null && named.isEmpty()) {
      throw body.fault(field, "must name at least one variant");
    }
  }

  private static void boost(Definitions all, String component, Body then) {
    var boost = then.optionalObject("boost");
    if (boost == null) {
      return;
    }
    if (boost.isEmpty() || boost.size() > MAX_NAMED) {
      throw then.fault("boost", "must name 1 to " + MAX_NAMED + " variants");
    }
    boost.forEach(
        (variant, factor) -> {
          var at = then.path("boost") + "." + variant;
          requireVariant(all, component, at, variant);
          boolean fits =
              factor instanceof Number number
                  && number.doubleValue() > 0
                  && number.doubleValue() <= MAX_FACTOR;
          if (!fits) {
            throw Body.wrong(at, "must be a number above 0, at most 1000");
          }
        });
  }

  private static Map<String, Object> cap(Definitions all, String component, Body cap) {
    if (cap.value("variants") == null) {
      throw cap.fault("variants", "is required: the variants to cap");
    }
    variants(all, component, cap, "variants", true);
    if (cap.value("exposures") == null) {
      throw cap.fault("exposures", "is required: how many exposures are enough");
    }
    cap.number("exposures", 1, 1, MAX_EXPOSURES);
    within(cap, cap.text("within"));
    return cap.done();
  }

  private static void within(Body cap, String text) {
    Duration within;
    try {
      within = Duration.parse(text);
    } catch (DateTimeException e) {
      throw cap.fault("within", "must be a duration, such as P1D or PT8H");
    }
    if (!within.isPositive() || within.compareTo(MAX_WITHIN) > 0) {
      throw cap.fault("within", "must be longer than nothing, and at most 90 days");
    }
  }

  private static Map<String, Object> constraint(Definitions all, Body body) {
    if (!(body.value("never") instanceof List<?> never) || never.size() > MAX_NAMED) {
      throw body.fault(
          "never", "is required: a list of {component, variant}, at most " + MAX_NAMED);
    }
    var components = new HashSet<String>();
    var seen = new HashSet<Map<String, Object>>();
    var kept = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < never.size(); i++) {
      var one = member(all, "never[" + i + "]", never.get(i));
      if (!seen.add(one)) {
        throw Body.wrong("never[" + i + "]", "is there twice");
      }
      components.add(String.valueOf(one.get("component")));
      kept.add(one);
    }
    if (components.size() < 2) {
      throw body.fault("never", "must name variants of at least two components");
    }
    body.keep("never", List.copyOf(kept));
    body.inner("schedule", Schedules::check);
    body.flag("enabled", true);
    return body.done();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> member(Definitions all, String at, @Nullable Object json) {
    if (!(json instanceof Map<?, ?> map)) {
      throw Body.wrong(at, "must be an object of component and variant");
    }
    var body = Body.at(at, (Map<String, Object>) map);
    var component = body.key("component");
    requireVariant(all, component, body.path("variant"), body.key("variant"));
    return body.done();
  }

  private static void requireVariant(
      Definitions all, String component, String field, String variant) {
    if (!all.has(Kind.VARIANT, component + "/" + variant)) {
      throw Body.wrong(field, "component " + component + " has no variant " + variant);
    }
  }

  /** Whether a stored rule is about a component. */
  static boolean isAbout(Map<String, Object> rule, String component) {
    return component.equals(rule.get("component"))
        || members(rule).stream().anyMatch(one -> component.equals(one.get("component")));
  }

  /** Whether a stored rule names a variant. */
  static boolean names(Map<String, Object> rule, String component, String variant) {
    for (var member : members(rule)) {
      if (component.equals(member.get("component")) && variant.equals(member.get("variant"))) {
        return true;
      }
    }
    return component.equals(rule.get("component"))
        && rule.get("then") instanceof Map<?, ?> then
        && named(then).contains(variant);
  }

  private static List<Map<?, ?>> members(Map<String, Object> rule) {
    var members = new ArrayList<Map<?, ?>>();
    if (rule.get("never") instanceof List<?> never) {
      never.forEach(
          one -> {
            if (one instanceof Map<?, ?> map) {
              members.add(map);
            }
          });
    }
    return members;
  }

  /** The variants that a consequence names. */
  static List<String> named(Map<?, ?> then) {
    var named = new ArrayList<String>();
    if (then.get("show") instanceof String show) {
      named.add(show);
    }
    addAll(then.get("exclude"), named);
    if (then.get("boost") instanceof Map<?, ?> boost) {
      addAll(List.copyOf(boost.keySet()), named);
    }
    if (then.get("strategy") instanceof Map<?, ?> strategy) {
      addAll(StrategyDefinitions.named(strategy), named);
    }
    if (then.get("cap") instanceof Map<?, ?> cap) {
      addAll(cap.get("variants"), named);
    }
    return named;
  }

  private static void addAll(@Nullable Object list, List<String> into) {
    if (list instanceof List<?> texts) {
      texts.forEach(text -> into.add(String.valueOf(text)));
    }
  }
}
