package io.marquetry.decisioning;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.content.Bindings;
import io.marquetry.content.BoundVariant;
import io.marquetry.content.ComponentTemplate;
import io.marquetry.content.FieldDefinition;
import io.marquetry.platform.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the variants of a catalogue show, for callers that lay it out themselves. A variant's
 * content is checked and bound when it is first asked for.
 */
final class VariantContents {
  private static final Logger LOG = LoggerFactory.getLogger(VariantContents.class);
  private static final int MOST_WRITTEN = 10_000;

  private final Map<String, Definition> components = new HashMap<>();
  private final Map<String, Definition> variants = new HashMap<>();
  private final List<String> keys;
  private final Map<String, Content> bound = new HashMap<>();
  private final Map<Choice, byte[]> written = new HashMap<>();

  /** A variant, ready to be shown. */
  private record Content(
      @Nullable BoundVariant content, @Nullable Object style, @Nullable Object behavior) {}

  VariantContents(Catalogue catalogue) {
    catalogue.all(Kind.COMPONENT).forEach(one -> components.put(one.key(), one));
    catalogue.all(Kind.VARIANT).forEach(one -> variants.put(one.key(), one));
    keys = components.keySet().stream().sorted().toList();
  }

  /** The keys of all components, in order. */
  List<String> components() {
    return keys;
  }

  boolean has(String component) {
    return components.containsKey(component);
  }

  /**
   * Adds {@code content}, {@code style} and {@code behavior} of a variant.
   *
   * @param live what the decision found for live bindings
   */
  void add(String component, String variant, Map<String, Object> live, Map<String, Object> into) {
    var found = find(component, component + "/" + variant);
    if (found == null) {
      return;
    }
    Bindings bindings = live::get;
    into.put("content", found.content() == null ? Map.of() : found.content().content(bindings));
    if (found.style() != null) {
      into.put("style", found.style());
    }
    if (found.behavior() != null) {
      into.put("behavior", found.behavior());
    }
  }

  /**
   * A choice with what its variant shows, as JSON. Most choices are made for many visitors, and
   * what they show is the same for all of them: those are written once.
   */
  byte[] written(Choice choice, Map<String, Object> live) {
    var known = written.get(choice);
    if (known != null) {
      return known;
    }
    var json = DecisionJson.choice(choice);
    json.put("content", Map.of());
    var variant = choice.variant();
    if (variant != null) {
      add(choice.component(), variant, live, json);
    }
    var bytes = Json.write(json);
    if (variant == null || isForAll(choice.component() + "/" + variant)) {
      if (written.size() >= MOST_WRITTEN) {
        written.clear();
      }
      written.put(choice, bytes);
    }
    return bytes;
  }

  private boolean isForAll(String key) {
    var found = bound.get(key);
    return found == null || found.content() == null || found.content().requiredPaths().isEmpty();
  }

  private @Nullable Content find(String component, String key) {
    var known = bound.get(key);
    if (known != null) {
      return known;
    }
    var definition = variants.get(key);
    if (definition == null) {
      return null;
    }
    var body = definition.body();
    var content = new Content(bind(component, definition), body.get("style"), body.get("behavior"));
    bound.put(key, content);
    return content;
  }

  private @Nullable BoundVariant bind(String component, Definition variant) {
    try {
      // The caller lays it out, so the fields are needed and the template is not.
      return ComponentTemplate.compile("", fields(component)).bind(object(variant.body()));
    } catch (RuntimeException e) {
      LOG.warn("the content of variant {} cannot be shown: {}", variant.key(), e.getMessage());
      return null;
    }
  }

  private List<FieldDefinition> fields(String component) {
    var definition = components.get(component);
    return definition != null && definition.body().get("fields") instanceof List<?> fields
        ? FieldDefinition.parseAll(fields)
        : List.of();
  }

  private static Map<String, Object> object(Map<String, Object> body) {
    var content = new LinkedHashMap<String, Object>();
    if (body.get("content") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> content.put(String.valueOf(key), value));
    }
    return content;
  }
}
