package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.content.ComponentTemplate;
import io.marquetry.content.FieldDefinition;
import io.marquetry.content.InvalidContentException;
import io.marquetry.content.PageTemplate;
import io.marquetry.content.TemplateException;
import io.marquetry.content.Templates;
import io.marquetry.content.VariantHead;
import io.marquetry.content.VariantStyle;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Components, their variants, and pages: what the templates and their content must be.
 *
 * <p>A component may only change in a way that its published variants still fit; and a variant is
 * checked in full as a draft too, so that publishing never fails. A component may name variants in
 * its fallback that do not exist yet, since it has to be there before they can be.
 */
final class ContentRules {
  private static final int MAX_FIELDS = 100;
  private static final int MAX_LISTED = 50;
  private static final int MAX_TIMEOUT = 1_000;

  private ContentRules() {}

  static Map<String, Object> component(Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    body.name(key);
    ModelRules.requireAsked(all, body);
    body.inner("strategy", strategy -> StrategyDefinitions.check(strategy, Body::checkKey));
    if (body.value("exposure") != null) {
      body.oneOf("exposure", "decided", List.of("decided", "reported"));
    }
    if (body.value("timeout") != null) {
      body.number("timeout", 0, 1, MAX_TIMEOUT);
    }
    body.keep("fields", fields(body));
    body.text("template");
    if (body.texts("fallback", MAX_LISTED, Body::checkKey) == null) {
      body.keep("fallback", List.of());
    }
    var done = body.done();
    requireFit(all, key, compile(done, TemplateRules.of(all)));
    return done;
  }

  /** Whether the published variants of a component still fit it. */
  static void requireFit(Definitions all, String key, ComponentTemplate template) {
    for (var variant : all.all(Kind.VARIANT)) {
      if (key.equals(variant.body().get("component"))
          && "published".equals(variant.body().get("status"))) {
        stillFits(template, variant.key(), variant.body());
      }
    }
  }

  static Map<String, Object> variant(Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    var component = body.key("component");
    var own = body.key("key");
    if (!key.equals(component + "/" + own)) {
      throw Body.wrong("key", "the variant is " + key);
    }
    var defined = all.body(Kind.COMPONENT, component);
    if (defined == null) {
      throw Body.wrong("component", "there is no component " + component);
    }
    var content = body.object("content");
    var style = body.optionalObject("style");
    body.inner("behavior", Behaviors::check);
    Conditions.check(all, body, "when");
    body.texts("requires", MAX_LISTED, ContentRules::checkProfilePath);
    body.inner("tags", ContentRules::tags);
    body.inner("schedule", Schedules::check);
    body.oneOf("status", "draft", List.of("draft", "published"));
    var done = body.done();
    guard("content", () -> compile(defined, TemplateRules.of(all)).bind(content));
    guard("", () -> VariantHead.of(own, parsed(style), null));
    return done;
  }

  static Map<String, Object> page(Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    var site = body.key("site");
    if (!all.has(Kind.SITE, site)) {
      throw Body.wrong("site", "there is no site " + site);
    }
    var path = PagePath.check(body.text("path"));
    var origin = body.optionalText("origin");
    if (origin != null) {
      DefinitionRules.checkOrigin("origin", origin);
    }
    if (origin != null && body.value("template") != null) {
      throw body.fault("template", "a page has a template or an origin, not both");
    }
    var template = origin == null ? body.text("template") : "";
    for (var other : all.all(Kind.PAGE)) {
      boolean sameAddress =
          site.equals(other.body().get("site")) && path.equals(other.body().get("path"));
      if (sameAddress && !other.key().equals(key)) {
        throw new Refused(
            Refused.Reason.CONFLICT, "path", "page " + other.key() + " has this path already");
      }
    }
    var done = body.done();
    guard("template", () -> PageTemplate.compile(template, TemplateRules.of(all)));
    return done;
  }

  /** Whether a component names a variant, in its fallback chain or its strategy. */
  static boolean names(Map<String, Object> component, String variant) {
    boolean inChain =
        component.get("fallback") instanceof List<?> fallback && fallback.contains(variant);
    return inChain
        || (component.get("strategy") instanceof Map<?, ?> strategy
            && StrategyDefinitions.named(strategy).contains(variant));
  }

  /** Whether a page shows a component. */
  static boolean shows(Templates templates, Map<String, Object> page, String component) {
    return page.get("template") instanceof String template
        && PageTemplate.compile(template, templates).components().contains(component);
  }

  private static List<?> fields(Body body) {
    if (!(body.value("fields") instanceof List<?> fields)) {
      throw body.fault("fields", "is required: a list of {key, type, required?, label?}");
    }
    if (fields.size() > MAX_FIELDS) {
      throw body.fault("fields", "has more than " + MAX_FIELDS + " fields");
    }
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i) instanceof Map<?, ?> field) {
        for (var member : field.keySet()) {
          if (!List.of("key", "type", "required", "label").contains(member)) {
            throw Body.wrong(
                "fields[" + i + "]." + member, "is unknown; known are key, label, required, type");
          }
        }
      }
    }
    guard("", () -> FieldDefinition.parseAll(fields));
    return fields;
  }

  static ComponentTemplate compile(Map<String, Object> component, Templates templates) {
    var fields = component.get("fields") instanceof List<?> list ? list : List.of();
    try {
      return ComponentTemplate.compile(
          String.valueOf(component.get("template")), FieldDefinition.parseAll(fields), templates);
    } catch (TemplateException e) {
      throw Body.wrong("template", String.valueOf(e.getMessage()));
    }
  }

  private static void stillFits(
      ComponentTemplate template, String variant, Map<String, Object> body) {
    if (!(body.get("content") instanceof Map<?, ?> content)) {
      return;
    }
    try {
      template.bind(texts(content));
    } catch (InvalidContentException e) {
      throw Body.wrong("fields", "variant " + variant + " would not fit: " + e.getMessage());
    }
  }

  private static VariantStyle parsed(@Nullable Map<String, Object> style) {
    return style == null ? VariantStyle.NONE : VariantStyle.parse(style);
  }

  private static Map<String, Object> tags(Body tags) {
    tags.texts("segments", MAX_LISTED, Body::checkKey);
    tags.optionalText("campaign");
    tags.optionalText("funnelStage");
    return tags.done();
  }

  private static void checkProfilePath(String at, String path) {
    boolean malformed = path.isBlank() || path.length() > 200 || path.startsWith(".");
    if (malformed || path.endsWith(".") || path.contains("..")) {
      throw Body.wrong(at, "must name a profile field, such as traits.plan");
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> texts(Map<?, ?> map) {
    return (Map<String, ?>) map;
  }

  /** Turns the complaints of the content package into refusals with the path in the body. */
  static void guard(String prefix, Runnable check) {
    try {
      check.run();
    } catch (InvalidContentException e) {
      var field = prefix.isEmpty() ? e.field() : prefix + "." + e.field();
      var message = String.valueOf(e.getMessage());
      boolean named = message.startsWith(e.field() + ": ");
      throw Body.wrong(field, named ? message.substring(e.field().length() + 2) : message);
    } catch (TemplateException e) {
      throw Body.wrong(prefix, String.valueOf(e.getMessage()));
    }
  }
}
