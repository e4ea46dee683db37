package io.marquetry.segmentation.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What of a catalogue a {@link SegmentPlan} is made of, as it was put.
 *
 * <p>Design note: most publications change what variants say, not what anybody is asked about.
 * Taking this out costs little, comparing it next to nothing, for what did not change is the same
 * object; compiling takes a hundred times as long, in every owner.
 *
 * @param segments the conditions of segments by key; null where there is none
 * @param deciding the conditions of live rules and variants, by what they are called in faults
 * @param projected paths of the fields that decisions and models read
 */
public record PlanSource(
    Map<String, @Nullable Object> segments, Map<String, Object> deciding, Set<String> projected) {
  /** Items a visitor looked at lately. */
  private static final String LOOKED_AT = "attributes.recentlyViewed";

  /** Takes out of a catalogue what matters. */
  public static PlanSource of(Catalogue catalogue) {
    var source = new PlanSource(new LinkedHashMap<>(), new LinkedHashMap<>(), new TreeSet<>());
    for (var segment : catalogue.all(Kind.SEGMENT)) {
      source.segments.put(segment.key(), segment.body().get("condition"));
    }
    catalogue.all(Kind.RULE).forEach(source::rule);
    catalogue.all(Kind.VARIANT).forEach(source::variant);
    catalogue.all(Kind.MODEL).forEach(source::model);
    return source;
  }

  private void rule(Definition definition) {
    if (!Boolean.FALSE.equals(definition.body().get("enabled"))) {
      decidedBy("rule " + definition.key(), definition.body().get("when"));
    }
  }

  private void variant(Definition definition) {
    var body = definition.body();
    if ("draft".equals(body.get("status"))) {
      return;
    }
    decidedBy("variant " + definition.key(), body.get("when"));
    if (body.get("requires") instanceof List<?> required) {
      required.forEach(field -> projected.add(String.valueOf(field)));
    }
    bindings(body.get("content"));
  }

  private void decidedBy(String name, @Nullable Object when) {
    if (when != null) {
      deciding.put(name, when);
    }
  }

  /** A model is told fields of a visitor; a built-in one also what they looked at. */
  private void model(Definition definition) {
    if (definition.body().get("features") instanceof List<?> features) {
      for (var feature : features) {
        if (feature instanceof Map<?, ?> map && map.get("field") instanceof String field) {
          projected.add(field);
        }
      }
    }
    if (definition.body().get("builtin") != null) {
      projected.add(LOOKED_AT);
    }
  }

  /** Finds what content reads at the time of decision: {@code {"$from": path}}. */
  private void bindings(@Nullable Object content) {
    switch (content) {
      case Map<?, ?> map -> {
        if (map.get("$from") instanceof String path) {
          projected.add(path);
        }
        map.values().forEach(this::bindings);
      }
      case List<?> list -> list.forEach(this::bindings);
      case null, default -> {}
    }
  }
}
