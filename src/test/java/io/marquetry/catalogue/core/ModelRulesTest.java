package io.marquetry.catalogue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.catalogue.core.Definitions.Latest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRulesTest {
  private static final Definitions ALL =
      Definitions.of(
          List.of(
              new Latest(Kind.SITE, "shop", 1, Map.of("key", "shop")),
              new Latest(Kind.MODEL, "other", 1, Map.of("key", "other")),
              new Latest(
                  Kind.MODEL, "main", 1, Map.of("key", "main", "shadow", Map.of("model", "other"))),
              new Latest(
                  Kind.COMPONENT,
                  "hero",
                  1,
                  Map.of("key", "hero", "strategy", Map.of("kind", "model", "model", "main")))));

  private static Map<String, Object> body(String field, Object value) {
    var body = new HashMap<String, Object>(Map.of("key", "m", "url", "https://m.example"));
    body.put(field, value);
    return body;
  }

  private static Refused refusal(Map<String, Object> body) {
    return catchThrowableOfType(
        Refused.class, () -> DefinitionRules.check(ALL, Kind.MODEL, "m", body));
  }

  @Test
  void check_leastModel_hasItsDefaultsWrittenOut() {
    var stored =
        DefinitionRules.check(
            ALL, Kind.MODEL, "m", Map.of("key", "m", "url", "http://m.example:8"));
    assertThat(stored)
        .containsEntry("model", "m")
        .containsEntry("candidates", "candidates")
        .containsEntry("timeoutMillis", 20L)
        .containsEntry("cacheSeconds", 300L)
        .containsEntry("enabled", true)
        .containsEntry("features", List.of());
  }

  @Test
  void check_builtIn_isOfASiteThatIs() {
    var stored =
        DefinitionRules.check(
            ALL, Kind.MODEL, "m", Map.of("key", "m", "builtin", "co-occurrence", "site", "shop"));
    assertThat(stored).containsEntry("site", "shop").doesNotContainKey("model");
    assertThat(refusal(Map.of("key", "m", "builtin", "co-occurrence", "site", "none")).field())
        .isEqualTo("site");
    assertThat(refusal(Map.of("key", "m", "builtin", "oracle", "site", "shop")).field())
        .isEqualTo("builtin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://m.example",
        "m.example",
        "https://user:secret@m.example",
        "https://m.example?x=1",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
        "not an address"
      })
  void check_addressThatIsNone_isRefused(String url) {
    assertThat(refusal(body("url", url)).field()).isEqualTo("url");
  }

  @Test
  void check_faults_areNamedWithTheirPath() {
    assertThat(refusal(body("builtin", "co-occurrence")).field()).isEqualTo("url");
    assertThat(refusal(body("pin", "a/b")).field()).isEqualTo("pin");
    assertThat(refusal(body("timeoutMillis", 0)).field()).isEqualTo("timeoutMillis");
    assertThat(refusal(body("canary", Map.of("percent", 5))).field()).isEqualTo("canary.version");
    assertThat(refusal(body("shadow", Map.of("model", "none"))).field()).isEqualTo("shadow.model");
    assertThat(refusal(body("surprise", 1)).field()).isEqualTo("surprise");
    var twice = Map.of("tensor", "t", "field", "visits");
    assertThat(refusal(body("features", List.of(twice, twice))).field())
        .isEqualTo("features[1].tensor");
    var wrong = Map.of("tensor", "t", "field", "visits", "type", "INT64", "default", "many");
    assertThat(refusal(body("features", List.of(wrong))).field()).isEqualTo("features[0].default");
  }

  @Test
  void checkDelete_modelInUse_namesWhoUsesIt() {
    for (var use : Map.of("other", "model main", "main", "component hero").entrySet()) {
      var refused =
          catchThrowableOfType(
              Refused.class,
              () -> DefinitionRules.checkDelete(ALL, List.of(), Kind.MODEL, use.getKey()));
      assertThat(refused.text()).contains(use.getValue());
    }
  }
}
