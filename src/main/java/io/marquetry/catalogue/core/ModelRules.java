package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.condition.FieldPath;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a model may be: where it is asked, which fields of a visitor it is told, and which version
 * of it counts.
 *
 * <p>Design note: an address is where our own server sends what it knows of visitors. It is http or
 * https to a named host, without credentials, and never one of the link-local addresses at which
 * machines find their own secrets.
 */
final class ModelRules {
  static final List<String> BUILT_IN = List.of("co-occurrence");

  private static final int MAX_MODELS = 100;
  private static final int MAX_FEATURES = 64;
  private static final int MAX_NAME = 128;
  private static final List<String> TYPES = List.of("BOOL", "INT64", "FP64", "BYTES");

  private ModelRules() {}

  static Map<String, Object> model(Definitions all, String key, Map<String, Object> values) {
    var body = Body.of(values);
    body.keep("key", key);
    body.name(key);
    if (!all.has(Kind.MODEL, key) && all.all(Kind.MODEL).size() >= MAX_MODELS) {
      throw Body.wrong("key", "there are " + MAX_MODELS + " models; delete one first");
    }
    place(all, key, body);
    name(body, "pin");
    body.inner("canary", ModelRules::canary);
    body.inner("shadow", shadow -> shadow(all, key, shadow));
    features(body);
    body.number("timeoutMillis", 20, 1, 1_000);
    body.number("cacheSeconds", 300, 0, 86_400);
    body.flag("enabled", true);
    return body.done();
  }

  /** Either elsewhere, at an address, or built in, for one site. */
  private static void place(Definitions all, String key, Body body) {
    var url = body.optionalText("url");
    var builtIn = body.optionalText("builtin");
    if ((url == null) == (builtIn == null)) {
      throw Body.wrong("url", "exactly one of url and builtin is needed");
    }
    if (url != null) {
      checkUrl(url);
      if (name(body, "model") == null) {
        body.keep("model", key);
      }
      if (name(body, "candidates") == null) {
        body.keep("candidates", "candidates");
      }
      return;
    }
    if (!BUILT_IN.contains(builtIn)) {
      throw Body.wrong("builtin", "must be one of " + String.join(", ", BUILT_IN));
    }
    if (!all.has(Kind.SITE, body.text("site"))) {
      throw Body.wrong("site", "there is no such site");
    }
  }

  private static void checkUrl(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw Body.wrong("url", "must be an address such as https://models.example:8001");
    }
    boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
    boolean bare =
        uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
    var host = uri.getHost();
    if (!web || !bare || host == null) {
      throw Body.wrong("url", "must be an address such as https://models.example:8001");
    }
    if (host.startsWith("169.254.") || host.startsWith("[fe80:")) {
      throw Body.wrong("url", "link-local addresses are not asked");
    }
  }

  /** A name as it stands in a path of the protocol. */
  private static @Nullable String name(Body body, String field) {
    var name = body.optionalText(field);
    if (name != null && (name.length() > MAX_NAME || !name.matches("[A-Za-z0-9_.:-]+"))) {
      throw body.fault(field, "is 1 to " + MAX_NAME + " of A-Z, a-z, 0-9, _, ., : and -");
    }
    return name;
  }

  private static Map<String, Object> canary(Body canary) {
    canary.text("version");
    name(canary, "version");
    canary.number("percent", 0, 0, 100);
    return canary.done();
  }

  private static Map<String, Object> shadow(Definitions all, String key, Body shadow) {
    var other = shadow.optionalText("model");
    var version = name(shadow, "version");
    if ((other == null) == (version == null)) {
      throw shadow.fault("model", "exactly one of model and version is needed");
    }
    if (other != null && (other.equals(key) || !all.has(Kind.MODEL, other))) {
      throw shadow.fault("model", "there is no other model " + other);
    }
    return shadow.done();
  }

  private static void features(Body body) {
    var tensors = new HashSet<String>();
    body.objects("features", MAX_FEATURES, feature -> feature(feature, tensors));
  }

  private static Map<String, Object> feature(Body feature, Set<String> tensors) {
    feature.text("tensor");
    var tensor = name(feature, "tensor");
    if (!tensors.add(String.valueOf(tensor))) {
      throw feature.fault("tensor", "is named twice");
    }
    var field = feature.text("field");
    if (field.contains("..") || FieldPath.of(field).size() > 16) {
      throw feature.fault("field", "must be a path such as attributes.propensity.purchase");
    }
    var type = feature.oneOf("type", "FP64", TYPES);
    var fallback = feature.value("default");
    if (fallback != null) {
      if (!fits(type, fallback)) {
        throw feature.fault("default", "does not fit the type " + type);
      }
      feature.keep("default", fallback);
    }
    return feature.done();
  }

  private static boolean fits(String type, Object value) {
    return switch (type) {
      case "BOOL" -> value instanceof Boolean;
      case "BYTES" -> value instanceof String;
      default -> value instanceof Number;
    };
  }

  /** Refuses a strategy by a model that is not there. */
  static void requireAsked(Definitions all, Body by) {
    if (by.value("strategy") instanceof Map<?, ?> strategy
        && strategy.get("model") instanceof String model
        && !all.has(Kind.MODEL, model)) {
      throw by.fault("strategy.model", "there is no model " + model);
    }
  }

  /** Whether a definition has this model asked. */
  static boolean asked(Definition from, String key) {
    var body = from.body();
    return switch (from.kind()) {
      case COMPONENT -> asks(body.get("strategy"), key);
      case RULE -> body.get("then") instanceof Map<?, ?> then && asks(then.get("strategy"), key);
      case MODEL -> body.get("shadow") instanceof Map<?, ?> shadow && asks(shadow, key);
      default -> false;
    };
  }

  private static boolean asks(@Nullable Object by, String key) {
    return by instanceof Map<?, ?> map && key.equals(map.get("model"));
  }
}
