package io.marquetry.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VariantStyleTest {
  @Test
  void cssRule_properties_areOneRuleInStableOrder() {
    VariantStyle style =
        VariantStyle.parse(
            Map.of("class", " a  b_c ", "vars", Map.of("--pad", " 1.5rem ", "--accent", "#c33")));
    assertThat(style.classes()).isEqualTo("a b_c");
    assertThat(style.cssRule("hero", "x"))
        .isEqualTo(
            "mq-slot[data-mq-component=\"hero\"][data-mq-variant=\"x\"]{--accent:#c33;--pad:1.5rem}");
    assertThat(VariantStyle.NONE.cssRule("hero", "x")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#c33",
        "12px",
        "-1.5em",
        "50%",
        "red",
        "rgb(1 2 3 / 40%)",
        "calc(1px + (2 * var(--x)))",
        "Open Sans, serif",
        "linear-gradient(90deg, #fff, red 20%)",
        "0"
      })
  void parse_plainValue_isAccepted(String value) {
    assertThat(VariantStyle.parse(Map.of("vars", Map.of("--x", value))).vars())
        .containsEntry("--x", value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "url(x)",
        "URL (x)",
        "red;color:blue",
        "red}",
        "{",
        "a\"b",
        "'a'",
        "a\\62",
        "expression(x)",
        "image-set(x)",
        "</style>",
        "a/*b*/",
        "rgb(1",
        "1)",
        "",
        "  ",
        "a\nb",
        "@import",
        "é",
        "attr(x)"
      })
  void parse_valueThatCouldEscapeOrLoad_isRefused(String value) {
    assertThatThrownBy(() -> VariantStyle.parse(Map.of("vars", Map.of("--x", value))))
        .isInstanceOf(InvalidContentException.class)
        .hasMessageContaining("style.vars.--x");
  }

  @Test
  void parse_otherFaults_nameTheMember() {
    assertThatThrownBy(() -> VariantStyle.parse(Map.of("class", "a\"b")))
        .hasMessageContaining("style.class");
    assertThatThrownBy(() -> VariantStyle.parse(Map.of("vars", Map.of("color", "red"))))
        .hasMessageContaining("custom property");
    assertThatThrownBy(() -> VariantStyle.parse(Map.of("css", "x")))
        .hasMessageContaining("style.css: is unknown");
    assertThatThrownBy(() -> new VariantStyle("", Map.of("--x", "red")).cssRule("a\"]", "x"))
        .hasMessageContaining("component");
    assertThatThrownBy(() -> VariantHead.of("a b", VariantStyle.NONE, null))
        .hasMessageContaining("key");
    assertThatThrownBy(
            () -> VariantHead.of("a", VariantStyle.NONE, Map.of("x", "y".repeat(20_000))))
        .hasMessageContaining("behavior");
  }
}
