package io.marquetry.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PagePatternsTest {
  private static final PagePatterns SHOP =
      PagePatterns.parse(
          List.of(
              Map.of("pattern", "^/$", "class", "home"),
              Map.of("pattern", "^/products/([^/]+)", "class", "product", "topic", "$1"),
              Map.of("pattern", "^/products", "class", "list"),
              Map.of("pattern", "(?i)sale|([a-z]+)-offer", "topic", "$1")));

  @Test
  void of_path_firstPatternFoundDecides() {
    assertThat(SHOP.of("/")).isEqualTo(Map.of("class", "home"));
    assertThat(SHOP.of("/products")).isEqualTo(Map.of("class", "list"));
    assertThat(SHOP.of("/products/Desk%20Lamp/3"))
        .isEqualTo(Map.of("class", "product", "topic", "desk lamp"));
    assertThat(SHOP.of("/about")).isEmpty();
  }

  @Test
  void of_groupThatCaughtNothing_isLeftOut() {
    assertThat(SHOP.of("/winter-offer")).isEqualTo(Map.of("topic", "winter"));
    assertThat(SHOP.of("/SALE")).isEmpty();
  }

  @Test
  void of_topicTooLongToBeOne_isLeftOut() {
    assertThat(SHOP.of("/products/" + "x".repeat(65))).isEqualTo(Map.of("class", "product"));
  }

  @Test
  void parse_nothing_isNoPattern() {
    assertThat(PagePatterns.parse(null).of("/")).isEmpty();
  }

  @Test
  void parse_fault_isNamed() {
    refused("x", "");
    refused(List.of("x"), "[0]");
    refused(List.of(Map.of("class", "a")), "[0].pattern");
    refused(List.of(Map.of("pattern", "(", "class", "a")), "[0].pattern");
    refused(List.of(Map.of("pattern", "a")), "[0]");
    refused(List.of(Map.of("pattern", "a", "topic", "$1")), "[0].topic");
    refused(List.of(Map.of("pattern", "a", "class", " ")), "[0].class");
    refused(List.of(Map.of("pattern", "a", "class", "a", "kind", "b")), "[0].kind");
    refused(Collections.nCopies(201, Map.of("pattern", "a", "class", "a")), "");
  }

  /** A pattern that takes others exponential time. */
  @Test
  void of_hostilePattern_isLinear() {
    var patterns = PagePatterns.parse(List.of(Map.of("pattern", "^/(a+)+$", "class", "x")));
    assertThat(patterns.of("/" + "a".repeat(1_000) + "!")).isEmpty();
  }

  private static void refused(Object json, String field) {
    assertThatThrownBy(() -> PagePatterns.parse(json))
        .isInstanceOfSatisfying(
            PagePatterns.Faulty.class, fault -> assertThat(fault.field()).isEqualTo(field));
  }
}
