package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FieldPathTest {
  private static final Map<String, Object> NESTED =
      Map.of("a", Map.of("b", List.of("x", Map.of("c", 7))));

  @Test
  void resolve_nested_walksMapsAndLists() {
    assertThat(FieldPath.of("a.b.1.c").resolve(NESTED)).isEqualTo(7);
    assertThat(FieldPath.of("a.b.0").resolve(NESTED)).isEqualTo("x");
  }

  @Test
  void resolve_missingStep_isNull() {
    for (String path :
        List.of("z", "a.z", "a.b.2", "a.b.-1", "a.b.length", "a.b.0.c", "a.b.99999999999", "")) {
      assertThat(FieldPath.of(path).resolve(NESTED)).as(path).isNull();
    }
  }

  @Test
  void resolve_fromLaterStep_skipsTheRoot() {
    assertThat(FieldPath.of("traits.plan").resolve(Map.of("plan", "pro"), 1)).isEqualTo("pro");
  }

  @Test
  void names_areInternedForFastViews() {
    var path = FieldPath.of("context.page");

    assertThat(path.root()).isSameAs("context");
    assertThat(path.name(1)).isSameAs("page");
    assertThat(path.size()).isEqualTo(2);
    assertThat(path).isEqualTo(FieldPath.of("context.page")).hasToString("context.page");
  }
}
