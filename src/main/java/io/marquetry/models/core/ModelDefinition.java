package io.marquetry.models.core;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model as it is defined.
 *
 * @param url where it is asked, without a slash at its end; null where it is built in
 * @param remote what it is called there
 * @param site whose events a built-in model learns from; empty where it is elsewhere
 * @param pin the version asked for; empty to leave that to the model
 * @param canary the version that a share of visitors gets; null for none
 * @param shadow what is asked beside it and never used; null for none
 * @param candidates name of the tensor that holds what is to be scored
 * @param timeoutMillis longest time it is waited for, whatever the page has left
 * @param cacheMillis how old an answer may be to stand in for one that did not come
 */
public record ModelDefinition(
    String key,
    @Nullable String url,
    String remote,
    String site,
    String pin,
    @Nullable Canary canary,
    @Nullable Shadow shadow,
    List<Feature> features,
    String candidates,
    int timeoutMillis,
    long cacheMillis,
    boolean enabled) {
  private static final int PARTS = 10_000;

  /** A version that a share of visitors gets. */
  public record Canary(String version, double percent) {}

  /** Another model, or another version of the same. */
  public record Shadow(@Nullable String model, @Nullable String version) {}

  public ModelDefinition {
    features = List.copyOf(features);
  }

  /** Reads a stored definition, which was checked when it was put. */
  public static ModelDefinition parse(Definition definition) {
    var body = definition.body();
    var features = new ArrayList<Feature>();
    if (body.get("features") instanceof List<?> list) {
      list.forEach(
          feature -> {
            if (feature instanceof Map<?, ?> map) {
              features.add(Feature.parse(map));
            }
          });
    }
    return new ModelDefinition(
        definition.key(),
        body.get("url") instanceof String url ? url.replaceAll("/+$", "") : null,
        text(body, "model", definition.key()),
        text(body, "site", ""),
        text(body, "pin", ""),
        body.get("canary") instanceof Map<?, ?> map
            ? new Canary(String.valueOf(map.get("version")), number(map, "percent", 0))
            : null,
        body.get("shadow") instanceof Map<?, ?> map
            ? new Shadow((String) map.get("model"), (String) map.get("version"))
            : null,
        features,
        text(body, "candidates", "candidates"),
        (int) number(body, "timeoutMillis", 20),
        (long) (number(body, "cacheSeconds", 300) * 1_000),
        !Boolean.FALSE.equals(body.get("enabled")));
  }

  private static String text(Map<String, Object> body, String field, String fallback) {
    return body.get(field) instanceof String text ? text : fallback;
  }

  private static double number(Map<?, ?> body, String field, double fallback) {
    return body.get(field) instanceof Number number ? number.doubleValue() : fallback;
  }

  /**
   * The version a visitor gets: the same each time, and another set of visitors for each model.
   *
   * @return empty to leave it to the model
   */
  public String versionFor(@Nullable Id128 visitor) {
    if (canary == null || visitor == null) {
      return pin;
    }
    long hash = visitor.high() * 0x9E3779B97F4A7C15L + visitor.low() + key.hashCode() * 31L;
    hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
    hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
    long part = Long.remainderUnsigned(hash ^ (hash >>> 31), PARTS);
    return part < canary.percent() * PARTS / 100 ? canary.version() : pin;
  }

  /** The path behind the address at which a version is asked. */
  public String path(String version) {
    return "/v2/models/" + remote + (version.isEmpty() ? "" : "/versions/" + version) + "/infer";
  }

  /** The body of the question, in the form of the protocol; without who the visitor is. */
  public Map<String, Object> question(Score score) {
    var inputs = new ArrayList<Object>();
    for (var feature : features) {
      var tensor = feature.tensor(score.features());
      if (tensor != null) {
        inputs.add(tensor);
      }
    }
    if (!score.candidates().isEmpty()) {
      inputs.add(Tensors.tensor(candidates, "BYTES", score.candidates()));
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("parameters", Map.of("k", score.k()));
    body.put("inputs", inputs);
    body.put(
        "outputs",
        List.of(Map.of("name", "items"), Map.of("name", "scores"), Map.of("name", "confidence")));
    return body;
  }

  /** Whether scores of the one may stand in for scores of the other. */
  public boolean sameModel(ModelDefinition other) {
    return Objects.equals(url, other.url)
        && remote.equals(other.remote)
        && site.equals(other.site)
        && features.equals(other.features);
  }
}
