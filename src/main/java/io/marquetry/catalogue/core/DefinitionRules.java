package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.content.Templates;
import io.marquetry.enrichment.PagePatterns;
import io.marquetry.grant.ConsentCategories;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What may be defined, and what may be deleted.
 *
 * <p>Pure. Design note: a definition is checked against everything else that is defined at that
 * moment, so what is stored never refers to what is not there, and components need not expect it.
 * The price is an order when setting up: site, segments, templates, components, variants, rules,
 * pages.
 */
public final class DefinitionRules {
  /** Settings there are; {@code demo} remembers that the demonstration was set up. */
  private static final List<String> SETTINGS = List.of("holdout", "retention", "demo");

  /** What is removed after a number of days. */
  private static final List<String> RETAINED = List.of("decisions", "bandits");

  private static final int MAX_DEFINITIONS = 10_000;
  private static final int MAX_SHOWN = 50;
  private static final int MAX_DAYS = 36_500;

  private DefinitionRules() {}

  /**
   * Checks a definition that is to be put.
   *
   * @param key of the definition; a variant's is {@code component/variant}
   * @return the body as it is to be stored, defaults written out
   * @throws Refused naming the field that is wrong
   */
  public static Map<String, Object> check(
      Definitions all, Kind kind, String key, Map<String, Object> body) {
    checkKey(kind, key, body);
    if (all.list().size() >= MAX_DEFINITIONS && !all.has(kind, key)) {
      throw new Refused(
          Reason.CONFLICT, "there are " + MAX_DEFINITIONS + " definitions; delete some first");
    }
    return switch (kind) {
      case SITE -> site(key, body);
      case SEGMENT -> segment(all, key, body);
      case COMPONENT -> ContentRules.component(all, key, body);
      case VARIANT -> ContentRules.variant(all, key, body);
      case RULE -> RuleDefinitions.check(all, key, body);
      case PAGE -> ContentRules.page(all, key, body);
      case SETTING -> setting(key, body);
      case SCHEMA -> SchemaRules.schema(all, key, body);
      case MODEL -> ModelRules.model(all, key, body);
      case TEMPLATE -> TemplateRules.template(all, key, body);
    };
  }

  /**
   * Checks that nothing refers to a definition that is to be deleted.
   *
   * @throws Refused where it is not defined, or naming what refers to it
   */
  public static void checkDelete(Definitions all, List<WriteKey> keys, Kind kind, String key) {
    if (!all.has(kind, key)) {
      throw new Refused(Reason.NOT_FOUND, "key", "there is no " + kind.key() + " " + key);
    }
    if (kind == Kind.SITE && keys.stream().anyMatch(one -> one.site().equals(key))) {
      throw inUse(kind, key, "its write keys; revoke them first");
    }
    var templates = TemplateRules.of(all);
    for (var other : all.list()) {
      if (refers(templates, other, kind, key)) {
        throw inUse(kind, key, other.kind().key() + " " + other.key());
      }
    }
  }

  private static Refused inUse(Kind kind, String key, String by) {
    return new Refused(Reason.CONFLICT, "key", kind.key() + " " + key + " is used by " + by);
  }

  private static boolean refers(Templates templates, Definition from, Kind kind, String key) {
    var body = from.body();
    return switch (kind) {
      case SITE ->
          switch (from.kind()) {
            case PAGE, SCHEMA, MODEL -> key.equals(body.get("site"));
            default -> false;
          };
      case SEGMENT -> !from.key().equals(key) && Conditions.names(from, key);
      case COMPONENT ->
          switch (from.kind()) {
            case VARIANT -> key.equals(body.get("component"));
            case RULE -> RuleDefinitions.isAbout(body, key);
            case PAGE -> ContentRules.shows(templates, body, key);
            default -> false;
          };
      case VARIANT -> namesVariant(from, key);
      case MODEL -> ModelRules.asked(from, key);
      case TEMPLATE -> TemplateRules.names(from, key);
      case RULE, PAGE, SETTING, SCHEMA -> false;
    };
  }

  private static boolean namesVariant(Definition from, String key) {
    int slash = key.indexOf('/');
    var component = key.substring(0, slash);
    var variant = key.substring(slash + 1);
    return switch (from.kind()) {
      case COMPONENT -> from.key().equals(component) && ContentRules.names(from.body(), variant);
      case RULE -> RuleDefinitions.names(from.body(), component, variant);
      default -> false;
    };
  }

  private static void checkKey(Kind kind, String key, Map<String, Object> body) {
    if (kind == Kind.VARIANT) {
      return;
    }
    Body.checkKey("key", key);
    if (kind != Kind.SETTING && !key.equals(body.get("key"))) {
      throw Body.wrong("key", "the " + kind.key() + " is " + key);
    }
  }

  private static Map<String, Object> segment(
      Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    body.name(key);
    Conditions.checkSegment(all, key, body);
    return body.done();
  }

  private static Map<String, Object> site(String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    body.name(key);
    body.oneOf("identify", "signed", List.of("signed", "trusted"));
    body.keep("consentDefault", consentDefault(body.value("consentDefault")));
    if (body.texts("origins", MAX_SHOWN, DefinitionRules::checkOrigin) == null) {
      body.keep("origins", List.of());
    }
    body.flag("gpcStopsPersonalization", false);
    consentCategories(body);
    pagePatterns(body);
    return body.done();
  }

  /** What the categories of a banner mean, left out where the common ones do. */
  private static void consentCategories(Body body) {
    var categories = body.optionalObject("consentCategories");
    if (categories != null) {
      try {
        ConsentCategories.of(categories);
      } catch (Refused e) {
        throw Body.wrong(
            "consentCategories" + (e.field().isEmpty() ? "" : "." + e.field()), e.text());
      }
    }
  }

  /** What kind of page a path is, left out where nothing is said. */
  private static void pagePatterns(Body body) {
    var patterns = body.value("pagePatterns");
    if (patterns != null) {
      try {
        var unused = PagePatterns.parse(patterns);
      } catch (PagePatterns.Faulty e) {
        throw Body.wrong("pagePatterns" + e.field(), String.valueOf(e.getMessage()));
      }
      body.keep("pagePatterns", patterns);
    }
  }

  @SuppressWarnings("unchecked")
  private static Object consentDefault(@Nullable Object value) {
    switch (value) {
      case null -> {
        return "denied";
      }
      case String text when text.equals("granted") || text.equals("denied") -> {
        return text;
      }
      case Map<?, ?> map -> {
        try {
          var unused = Purposes.parse((Map<String, Object>) map, Purposes.NONE);
        } catch (Refused e) {
          throw Body.wrong(e.field().replace("purposes", "consentDefault"), e.text());
        }
        return map;
      }
      default ->
          throw Body.wrong(
              "consentDefault", "must be granted, denied, or an object of purpose: true or false");
    }
  }

  static void checkOrigin(String at, String origin) {
    URI uri;
    try {
      uri = URI.create(origin);
    } catch (IllegalArgumentException e) {
      throw Body.wrong(at, "must be an origin such as https://shop.example");
    }
    boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
    boolean bare = String.valueOf(uri.getRawPath()).isEmpty() && uri.getRawQuery() == null;
    if (!web || !bare || uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw Body.wrong(at, "must be an origin such as https://shop.example");
    }
  }

  private static Map<String, Object> setting(String key, Map<String, Object> values) {
    var body = Body.of(values);
    switch (key) {
      case "holdout" -> {
        body.number("percent", 0, 0, 100);
        body.optionalText("salt");
      }
      case "retention" -> RETAINED.forEach(kind -> body.inner(kind, DefinitionRules::days));
      case "demo" -> body.flag("seeded", false);
      default -> throw Body.wrong("key", "there is no setting " + key + "; known are " + SETTINGS);
    }
    return body.done();
  }

  private static Map<String, Object> days(Body kind) {
    kind.number("days", 0, 0, MAX_DAYS);
    return kind.done();
  }
}
