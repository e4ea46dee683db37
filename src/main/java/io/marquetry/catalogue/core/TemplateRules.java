package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.content.PageTemplate;
import io.marquetry.content.Templates;
import java.util.HashMap;
import java.util.Map;

/**
 * Templates that pages, components and other templates are put together from.
 *
 * <p>One may only change in a way that whatever is put together from it still compiles. Since a
 * template has to be there before it is named, only a change can close a circle.
 */
final class TemplateRules {
  private TemplateRules() {}

  /** All that are defined. */
  static Templates of(Definitions all) {
    return Templates.of(sources(all));
  }

  private static Map<String, String> sources(Definitions all) {
    var sources = new HashMap<String, String>();
    for (var template : all.all(Kind.TEMPLATE)) {
      sources.put(template.key(), String.valueOf(template.body().get("template")));
    }
    return sources;
  }

  static Map<String, Object> template(Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    body.name(key);
    var sources = sources(all);
    sources.put(key, body.text("template"));
    var done = body.done();
    var templates = Templates.of(sources);
    ContentRules.guard("template", () -> templates.check(key));
    for (var user : all.list()) {
      if (user.kind() == Kind.PAGE || user.kind() == Kind.COMPONENT) {
        requireCompiles(all, templates, key, user);
      }
    }
    return done;
  }

  private static void requireCompiles(
      Definitions all, Templates templates, String key, Definition user) {
    if (!(user.body().get("template") instanceof String source) || !source.contains("{{")) {
      return;
    }
    try {
      if (user.kind() == Kind.PAGE) {
        ContentRules.guard("template", () -> PageTemplate.compile(source, templates));
        return;
      }
      var component = ContentRules.compile(user.body(), templates);
      if (component.uses().contains(key)) {
        ContentRules.requireFit(all, user.key(), component);
      }
    } catch (Refused e) {
      throw Body.wrong("template", user.kind().key() + " " + user.key() + ": " + e.text());
    }
  }

  /** Whether a definition names a template itself. */
  static boolean names(Definition from, String key) {
    return switch (from.kind()) {
      case PAGE, COMPONENT, TEMPLATE ->
          from.body().get("template") instanceof String source
              && Templates.named(source).contains(key);
      default -> false;
    };
  }
}
