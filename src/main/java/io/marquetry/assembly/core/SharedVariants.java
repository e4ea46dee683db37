package io.marquetry.assembly.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Components that show the same to everybody, and so may be kept by caches that many share.
 *
 * <p>Design note: not proved by what decisions came to, but by what is defined, and carefully: a
 * component is shared where nothing at all refers to it but pages, it has no strategy, and the
 * first variant of its chain that is published asks for nothing and reads nothing live. A kind of
 * definition that nobody here knows makes a component personal by naming it.
 */
final class SharedVariants {
  private static final Set<Kind> HARMLESS =
      Set.of(
          Kind.COMPONENT,
          Kind.VARIANT,
          Kind.PAGE,
          Kind.TEMPLATE,
          Kind.SITE,
          Kind.SEGMENT,
          Kind.SCHEMA);

  private static final List<String> ASKS = List.of("when", "requires", "schedule");

  private final Map<String, Map<String, Object>> variants = new HashMap<>();
  private final Set<String> named = new HashSet<>();
  private final boolean holdout;

  private SharedVariants(Catalogue catalogue) {
    boolean held = false;
    for (var definition : catalogue.definitions()) {
      if (definition.kind() == Kind.VARIANT) {
        variants.put(definition.key(), definition.body());
      } else if (!HARMLESS.contains(definition.kind())) {
        name(definition.body());
      }
      held |= isHoldout(definition);
    }
    holdout = held;
  }

  /**
   * What components show that nobody was decided for; keys of variants by component.
   *
   * @param shared what everybody is shown
   * @param lastResort what anybody may be shown
   */
  record Keys(Map<String, String> shared, Map<String, String> lastResort) {
    static final Keys NONE = new Keys(Map.of(), Map.of());

    Keys {
      shared = Map.copyOf(shared);
      lastResort = Map.copyOf(lastResort);
    }
  }

  static Keys of(Catalogue catalogue) {
    var shared = new HashMap<String, String>();
    var lastResort = new HashMap<String, String>();
    var all = new SharedVariants(catalogue);
    for (var component : catalogue.all(Kind.COMPONENT)) {
      var variant = all.shared(component);
      if (variant != null) {
        shared.put(component.key(), variant);
      }
      var last = all.lastResort(component);
      if (last != null) {
        lastResort.put(component.key(), last);
      }
    }
    return new Keys(shared, lastResort);
  }

  /** The last variant of the chain that is published and asks for nothing. */
  private @Nullable String lastResort(Definition component) {
    String last = null;
    if (component.body().get("fallback") instanceof List<?> chain) {
      for (var step : chain) {
        var variant = variants.get(component.key() + "/" + step);
        if (variant != null && "published".equals(variant.get("status")) && !asks(variant)) {
          last = String.valueOf(step);
        }
      }
    }
    return last;
  }

  private static boolean asks(Map<String, Object> variant) {
    return ASKS.stream().anyMatch(field -> variant.get(field) != null);
  }

  private static boolean isHoldout(Definition definition) {
    return definition.kind() == Kind.SETTING
        && definition.body().get("percent") instanceof Number percent
        && percent.doubleValue() > 0;
  }

  /** Notes every text in a definition: one of them may be the key of a component. */
  private void name(@Nullable Object value) {
    switch (value) {
      case String text -> named.add(text);
      case Map<?, ?> map ->
          map.forEach(
              (key, inner) -> {
                named.add(String.valueOf(key));
                name(inner);
              });
      case List<?> list -> list.forEach(this::name);
      case null, default -> {}
    }
  }

  private @Nullable String shared(Definition component) {
    var body = component.body();
    boolean steered = body.get("strategy") != null || named.contains(component.key());
    if (steered || !(body.get("fallback") instanceof List<?> chain)) {
      return null;
    }
    String first = null;
    for (var step : chain) {
      var variant = variants.get(component.key() + "/" + step);
      if (variant != null && "published".equals(variant.get("status"))) {
        boolean asks = asks(variant);
        if (first == null) {
          if (asks) {
            return null;
          }
          first = String.valueOf(step);
        } else if (!asks && holdout) {
          return null; // the control group is shown the last one instead
        }
      }
    }
    return first;
  }
}
