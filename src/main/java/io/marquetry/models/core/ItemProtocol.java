package io.marquetry.models.core;

import io.marquetry.bus.ModelsMessage.Inferred;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a built-in model answers to the Open Inference Protocol.
 *
 * <p>It takes {@code items} (BYTES, latest first), {@code candidates} (BYTES, the only ones to
 * name) and {@code k} (INT64, also as a parameter), each of which may be left out, and gives {@code
 * items}, {@code scores} and {@code confidence}, best first.
 */
public final class ItemProtocol {
  private static final List<String> OUTPUTS = List.of("items", "scores", "confidence");
  private static final List<String> INPUTS = List.of("items", "candidates", "k");
  private static final int MAX_K = 100;
  private static final int FEW = 10;
  private static final int MAX_CANDIDATES = 1_000;

  private ItemProtocol() {}

  /** A question that makes no sense. */
  private static final class Faulty extends RuntimeException {
    private static final long serialVersionUID = 1;

    Faulty(String message) {
      super(message, null, false, false);
    }
  }

  public static Inferred error(int status, String message) {
    return new Inferred(status, Map.of("error", message));
  }

  /**
   * The newest models there are.
   *
   * @param kept newest first
   * @return null where this site has none under that version
   */
  static @Nullable ItemModel find(List<BuiltIn> kept, String site, String version) {
    for (var one : kept) {
      var model = one.site(site);
      if (model != null && (version.isEmpty() || version.equals(model.version()))) {
        return model;
      }
    }
    return version.isEmpty() ? ItemModel.NOTHING : null;
  }

  /** What a model takes and gives, and the versions of it that can be asked. */
  public static Inferred describe(String name, String site, String version, List<BuiltIn> kept) {
    if (find(kept, site, version) == null) {
      return error(404, "model " + name + " has no version " + version);
    }
    var versions = new ArrayList<String>();
    for (var one : kept) {
      var model = one.site(site);
      if (model != null && !versions.contains(model.version())) {
        versions.add(model.version());
      }
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("name", name);
    body.put("versions", versions);
    body.put("platform", "marquetry_co_occurrence");
    body.put("inputs", List.of(shape("items", "BYTES"), shape("candidates", "BYTES"), ofOne()));
    body.put(
        "outputs",
        List.of(shape("items", "BYTES"), shape("scores", "FP64"), shape("confidence", "FP64")));
    return new Inferred(200, body);
  }

  private static Map<String, Object> ofOne() {
    return Map.of("name", "k", "datatype", "INT64", "shape", List.of(1));
  }

  private static Map<String, Object> shape(String name, String type) {
    return Map.of("name", name, "datatype", type, "shape", List.of(-1));
  }

  /** Answers a question. */
  public static Inferred infer(
      String name, String site, String version, List<BuiltIn> kept, Map<String, Object> body) {
    var model = find(kept, site, version);
    if (model == null) {
      return error(404, "model " + name + " has no version " + version);
    }
    try {
      return infer(name, model, body);
    } catch (Faulty e) {
      return error(400, String.valueOf(e.getMessage()));
    }
  }

  private static Inferred infer(String name, ItemModel model, Map<String, Object> body) {
    checkInputs(body.get("inputs"));
    var wanted = wanted(body.get("outputs"));
    var recent = texts(body, "items", BuiltIn.MAX_RECENT);
    var candidates = texts(body, "candidates", MAX_CANDIDATES);
    var items = model.recommend(recent, candidates, k(body));
    var outputs = new ArrayList<Object>();
    wanted.forEach(output -> outputs.add(output(output, items)));
    var answer = new LinkedHashMap<String, Object>();
    answer.put("model_name", name);
    answer.put("model_version", model.version());
    if (body.get("id") instanceof String id) {
      answer.put("id", id);
    }
    answer.put("outputs", outputs);
    return new Inferred(200, answer);
  }

  private static void checkInputs(@Nullable Object inputs) {
    if (!(inputs instanceof List<?> list)) {
      throw new Faulty("inputs: a list of tensors is expected");
    }
    for (var one : list) {
      if (!(one instanceof Map<?, ?> tensor) || !INPUTS.contains(tensor.get("name"))) {
        throw new Faulty("inputs: this model takes " + String.join(", ", INPUTS));
      }
    }
  }

  private static List<String> wanted(@Nullable Object outputs) {
    if (!(outputs instanceof List<?> list) || list.isEmpty()) {
      return OUTPUTS;
    }
    var wanted = new ArrayList<String>();
    for (var one : list) {
      var name = one instanceof Map<?, ?> map ? map.get("name") : null;
      if (!(name instanceof String text) || !OUTPUTS.contains(text) || wanted.contains(text)) {
        throw new Faulty("outputs: this model gives " + String.join(", ", OUTPUTS));
      }
      wanted.add(text);
    }
    return wanted;
  }

  private static List<String> texts(Map<String, Object> body, String name, int most) {
    var tensor = Tensors.find(body.get("inputs"), name);
    if (tensor == null) {
      return List.of();
    }
    if (!"BYTES".equals(tensor.get("datatype"))) {
      throw new Faulty(name + ": the datatype is BYTES");
    }
    var data = Tensors.data(tensor, most);
    if (data == null) {
      throw new Faulty(name + ": data must fit its shape, and have at most " + most + " elements");
    }
    return Items.ids(data, most);
  }

  private static int k(Map<String, Object> body) {
    var tensor = Tensors.find(body.get("inputs"), "k");
    var data = tensor == null ? null : Tensors.data(tensor, 1);
    var asked =
        data != null && !data.isEmpty()
            ? data.getFirst()
            : body.get("parameters") instanceof Map<?, ?> parameters ? parameters.get("k") : null;
    if (asked == null && tensor == null) {
      return FEW;
    }
    if (!(asked instanceof Number number) || number.intValue() < 1 || number.intValue() > MAX_K) {
      throw new Faulty("k: a whole number from 1 to " + MAX_K + " is expected");
    }
    return number.intValue();
  }

  private static Map<String, Object> output(String name, List<ScoredItem> items) {
    return switch (name) {
      case "items" -> column(name, "BYTES", items, ScoredItem::item);
      case "scores" -> column(name, "FP64", items, ScoredItem::score);
      default -> column(name, "FP64", items, ScoredItem::confidence);
    };
  }

  private static Map<String, Object> column(
      String name, String type, List<ScoredItem> items, Function<ScoredItem, Object> value) {
    return Tensors.tensor(name, type, items.stream().map(value).toList());
  }
}
