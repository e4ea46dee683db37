package io.marquetry.assembly.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.content.ComponentTemplate;
import io.marquetry.content.FieldDefinition;
import io.marquetry.content.PageTemplate;
import io.marquetry.content.Templates;
import io.marquetry.content.VariantHead;
import io.marquetry.content.VariantStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be shown, compiled: pages by path, variants by component and key. Immutable.
 *
 * <p>A catalogue is compiled upon the set before it: what did not change is taken over, so that a
 * change of one headline costs the compilation of one variant, and a change of a template that of
 * what is put together from it. A definition that does not compile is left out and named; its
 * neighbours are shown.
 */
public final class PageSet {
  /** Nothing at all. */
  public static final PageSet EMPTY =
      new PageSet(
          "",
          Map.of(),
          Templates.NONE,
          Map.of(),
          Map.of(),
          SharedVariants.Keys.NONE,
          List.of(),
          List.of());

  private final String version;
  private final Map<Source, Object> compiled;
  private final Templates templates;
  private final Map<String, Page> exact;
  private final Map<String, Page> byKey = new HashMap<>();
  private final Map<String, ShownVariant> variants;
  private final SharedVariants.Keys shared;
  private final Set<String> components = new HashSet<>();
  private final List<Page> prefixes;
  private final List<String> faults;
  private final String css;

  /** What a compiled thing was made of; the same source needs no second compilation. */
  private record Source(Kind kind, String key, Map<String, Object> body, Object template) {}

  private PageSet(
      String version,
      Map<Source, Object> compiled,
      Templates templates,
      Map<String, Page> exact,
      Map<String, ShownVariant> variants,
      SharedVariants.Keys shared,
      List<Page> prefixes,
      List<String> faults) {
    this.version = version;
    this.compiled = compiled;
    this.templates = templates;
    this.exact = exact;
    this.variants = variants;
    this.shared = shared;
    this.prefixes = prefixes;
    this.faults = faults;
    exact.values().forEach(page -> byKey.put(page.key(), page));
    prefixes.forEach(page -> byKey.put(page.key(), page));
    for (var source : compiled.keySet()) {
      if (source.kind() == Kind.COMPONENT) {
        components.add(source.key());
      }
    }
    var rules = new StringBuilder();
    // In one order everywhere: the text names the stylesheet, on whichever event loop it is made.
    new TreeMap<>(variants).values().forEach(variant -> rules.append(variant.css()));
    css = rules.toString();
  }

  /** Compiles a catalogue, taking over from {@code before} what did not change. */
  public static PageSet compile(Catalogue catalogue, PageSet before) {
    return new Compilation(before, catalogue).of(catalogue);
  }

  /** The page at a path: an exact one, else the one with the longest matching prefix. */
  public @Nullable Page page(String path) {
    var page = exact.get(path);
    if (page != null) {
      return page;
    }
    for (var candidate : prefixes) {
      if (path.startsWith(candidate.path().substring(0, candidate.path().length() - 1))) {
        return candidate;
      }
    }
    return null;
  }

  /** The page with this key. */
  public @Nullable Page named(String key) {
    return byKey.get(key);
  }

  public @Nullable ShownVariant variant(String component, String key) {
    return variants.get(component + "/" + key);
  }

  /** The variant that a component shows to everybody; null where that is not certain. */
  public @Nullable ShownVariant shared(String component) {
    return fixed(component, shared.shared().get(component));
  }

  /** The variant that a component may show to anybody; null where there is none. */
  public @Nullable ShownVariant lastResort(String component) {
    return fixed(component, shared.lastResort().get(component));
  }

  private @Nullable ShownVariant fixed(String component, @Nullable String key) {
    var variant = key == null ? null : variant(component, key);
    return variant != null && variant.content().isStatic() ? variant : null;
  }

  /** Whether a component can be shown at all. */
  public boolean hasComponent(String component) {
    return components.contains(component);
  }

  /** The rules of all variants' styles, for the stylesheet that pages link; empty where none. */
  public String css() {
    return css;
  }

  /** Content version of the catalogue it was compiled from. */
  public String version() {
    return version;
  }

  /** Definitions that do not compile, each with the reason. */
  public List<String> faults() {
    return faults;
  }

  private static final class Compilation {
    private final PageSet before;
    private final Templates templates;
    private final Map<Source, Object> compiled = new HashMap<>();
    private final Map<String, Page> exact = new HashMap<>();
    private final Map<String, ShownVariant> variants = new HashMap<>();
    private final List<Page> prefixes = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    Compilation(PageSet before, Catalogue catalogue) {
      this.before = before;
      var sources = new HashMap<String, String>();
      for (var definition : catalogue.all(Kind.TEMPLATE)) {
        sources.put(definition.key(), String.valueOf(definition.body().get("template")));
      }
      templates = Templates.of(sources);
    }

    PageSet of(Catalogue catalogue) {
      var components = new HashMap<String, ComponentTemplate>();
      for (var definition : catalogue.all(Kind.COMPONENT)) {
        guarded(
            definition,
            () -> components.put(definition.key(), (ComponentTemplate) template(definition)));
      }
      for (var definition : catalogue.all(Kind.VARIANT)) {
        guarded(definition, () -> addVariant(definition, components));
      }
      for (var definition : catalogue.all(Kind.PAGE)) {
        guarded(definition, () -> addPage(definition));
      }
      prefixes.sort((one, other) -> other.path().length() - one.path().length());
      return new PageSet(
          catalogue.version(),
          Map.copyOf(compiled),
          templates,
          Map.copyOf(exact),
          Map.copyOf(variants),
          SharedVariants.of(catalogue),
          List.copyOf(prefixes),
          List.copyOf(faults));
    }

    private void guarded(Definition definition, Runnable work) {
      try {
        work.run();
      } catch (RuntimeException e) {
        faults.add(definition.kind().key() + " " + definition.key() + ": " + e.getMessage());
      }
    }

    /** How a source becomes what it compiles to. */
    private interface Compiler {
      Object compile();
    }

    private Object once(Source source, Compiler compiler) {
      var known = before.compiled.get(source);
      var result = known != null && isCurrent(known) ? known : compiler.compile();
      compiled.put(source, result);
      return result;
    }

    /** Whether the templates that something was put together from are what they were. */
    private boolean isCurrent(Object known) {
      return switch (known) {
        case ComponentTemplate component -> templates.same(before.templates, component.uses());
        case Page.Own page -> templates.same(before.templates, page.template().uses());
        default -> true;
      };
    }

    private Object template(Definition definition) {
      var body = definition.body();
      return once(
          new Source(Kind.COMPONENT, definition.key(), body, ""),
          () ->
              ComponentTemplate.compile(
                  String.valueOf(body.get("template")),
                  FieldDefinition.parseAll(
                      body.get("fields") instanceof List<?> fields ? fields : List.of()),
                  templates));
    }

    private void addVariant(Definition definition, Map<String, ComponentTemplate> components) {
      var body = definition.body();
      var component = String.valueOf(body.get("component"));
      var key = String.valueOf(body.get("key"));
      var template = components.get(component);
      if (template == null) {
        throw new IllegalStateException("its component " + component + " cannot be shown");
      }
      var shown =
          once(
              new Source(Kind.VARIANT, definition.key(), body, template),
              () -> show(component, key, body, template));
      variants.put(component + "/" + key, (ShownVariant) shown);
    }

    private static ShownVariant show(
        String component, String key, Map<String, Object> body, ComponentTemplate template) {
      var style = VariantStyle.parse(object(body, "style"));
      return new ShownVariant(
          template.bind(object(body, "content")),
          VariantHead.of(
              key, style, body.get("behavior") == null ? null : object(body, "behavior")),
          style.cssRule(component, key));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> body, String field) {
      return body.get(field) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private void addPage(Definition definition) {
      var page =
          (Page)
              once(
                  new Source(Kind.PAGE, definition.key(), definition.body(), ""),
                  () -> compile(definition.key(), definition.body()));
      if (page.path().endsWith("/*")) {
        prefixes.add(page);
      } else {
        exact.put(page.path(), page);
      }
    }

    private Page compile(String key, Map<String, Object> body) {
      var site = String.valueOf(body.get("site"));
      var path = String.valueOf(body.get("path"));
      if (body.get("origin") instanceof String origin) {
        return new Page.Proxied(key, site, path, Origin.parse(origin));
      }
      var template = PageTemplate.compile(String.valueOf(body.get("template")), templates);
      return new Page.Own(key, site, path, template, List.copyOf(template.components()));
    }
  }
}
