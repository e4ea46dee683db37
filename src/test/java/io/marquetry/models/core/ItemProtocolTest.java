package io.marquetry.models.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.ModelsMessage.Inferred;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemProtocolTest {
  private static final List<BuiltIn> KEPT = List.of(built(20, 6), built(10, 3));

  private static BuiltIn built(long position, int visitors) {
    var counted = new CoOccurrence(100, 100);
    for (int i = 0; i < visitors; i++) {
      counted.learn(new Id128(i, i), "a");
      counted.learn(new Id128(i, i), "b");
    }
    counted.learn(new Id128(99, 99), "c");
    return new BuiltIn(
        position, visitors, 0, Map.of("shop", counted.model(Long.toString(position))));
  }

  private static Inferred infer(String version, Map<String, Object> body) {
    return ItemProtocol.infer("co-occurrence", "shop", version, KEPT, body);
  }

  private static Map<String, Object> items(String... items) {
    return Tensors.tensor("items", "BYTES", List.of(items));
  }

  private static List<?> data(Inferred answer, String output) {
    var tensor = Tensors.find(answer.body().get("outputs"), output);
    assertThat(tensor).isNotNull();
    var data = Tensors.data(tensor, 100);
    assertThat(data).as("shape fits data").isNotNull();
    return data;
  }

  @Test
  void infer_items_namesWhatGoesWithThemAndRepeatsTheId() {
    var answer = infer("", Map.of("id", "q-1", "inputs", List.of(items("a"))));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .containsEntry("id", "q-1")
        .containsEntry("model_name", "co-occurrence")
        .containsEntry("model_version", "20");
    assertThat(data(answer, "items")).isEqualTo(List.of("b", "c"));
    assertThat(data(answer, "scores")).hasSize(2);
    assertThat((Double) data(answer, "confidence").getFirst()).isBetween(0.5, 0.999);
  }

  @Test
  void infer_ownAnswer_isBelievedByOurClient() {
    var answer = infer("", Map.of("inputs", List.of(items("a"))));
    var read = ModelAnswer.read(answer.body(), List.of(), 1);
    assertThat(read.version()).isEqualTo("20");
    assertThat(read.items()).hasSize(1);
    assertThat(read.items().getFirst().item()).isEqualTo("b");
  }

  @Test
  void infer_olderVersion_answersAsItDid() {
    var older = infer("10", Map.of("inputs", List.of(items("a"))));
    assertThat(older.body()).containsEntry("model_version", "10");
    assertThat(data(older, "confidence").getFirst())
        .isNotEqualTo(
            data(infer("20", Map.of("inputs", List.of(items("a")))), "confidence").getFirst());
    assertThat(infer("11", Map.of("inputs", List.of())).status()).isEqualTo(404);
  }

  @Test
  void infer_candidatesKAndOutputs_areHeeded() {
    var candidates = Tensors.tensor("candidates", "BYTES", List.of("c"));
    var body =
        Map.<String, Object>of(
            "inputs", List.of(items("a"), candidates),
            "outputs", List.of(Map.of("name", "scores")));
    var answer = infer("", body);
    assertThat(data(answer, "scores")).hasSize(1);
    assertThat(Tensors.find(answer.body().get("outputs"), "items")).isNull();
    var one = Map.<String, Object>of("inputs", List.of(), "parameters", Map.of("k", 1L));
    assertThat(data(infer("", one), "items")).hasSize(1);
  }

  @Test
  void infer_nothingLearned_hasNoItems() {
    var answer =
        ItemProtocol.infer("co-occurrence", "other", "", KEPT, Map.of("inputs", List.of()));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(data(answer, "items")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrong name", "wrong type", "wrong shape", "wrong k", "no inputs"})
  void infer_faultyQuestion_isRefusedSayingWhy(String fault) {
    Map<String, Object> body =
        switch (fault) {
          case "wrong name" ->
              Map.of("inputs", List.of(Tensors.tensor("users", "BYTES", List.of("a"))));
          case "wrong type" ->
              Map.of("inputs", List.of(Tensors.tensor("items", "FP64", List.of(1.0))));
          case "wrong shape" ->
              Map.of(
                  "inputs",
                  List.of(
                      Map.of(
                          "name",
                          "items",
                          "datatype",
                          "BYTES",
                          "shape",
                          List.of(5L),
                          "data",
                          List.of("a"))));
          case "wrong k" -> Map.of("inputs", List.of(), "parameters", Map.of("k", 0L));
          default -> Map.of();
        };
    var answer = infer("", body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().get("error")).asString().isNotBlank();
  }

  @Test
  void describe_model_namesVersionsNewestFirst() {
    var described = ItemProtocol.describe("co-occurrence", "shop", "", KEPT);
    assertThat(described.body()).containsEntry("versions", List.of("20", "10"));
    assertThat(ItemProtocol.describe("co-occurrence", "shop", "9", KEPT).status()).isEqualTo(404);
  }
}
