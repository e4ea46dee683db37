package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SegmentGraphTest {
  private static final Condition PLAIN = Json.condition("{'a':1}");

  private static Condition member(String... keys) {
    var any = java.util.Arrays.stream(keys).map(key -> Map.of("$inSegment", key)).toList();
    return Condition.parse(Map.of("$or", any));
  }

  @Test
  void order_dependencies_comeFirst() {
    var graph =
        SegmentGraph.of(Map.of("a", member("b", "c"), "b", member("d"), "c", PLAIN, "d", PLAIN));

    assertThat(graph.order()).containsExactlyInAnyOrder("a", "b", "c", "d");
    assertThat(graph.order()).containsSubsequence("d", "b", "a").containsSubsequence("c", "a");
    assertThat(graph.dependants("d")).containsExactly("b", "a");
    assertThat(graph.dependants("a")).isEmpty();
  }

  @Test
  void of_cycle_isRefusedAndNamed() {
    Map<String, Condition> segments =
        Map.of(
            "entry",
            member("vip"),
            "vip",
            member("loyal"),
            "loyal",
            member("often"),
            "often",
            member("vip"),
            "x",
            PLAIN);

    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> SegmentGraph.of(segments))
        .withMessage(
            "segments.vip: expected no circle of segments, found vip -> loyal -> often -> vip");
  }

  @Test
  void of_segmentNamingItself_isRefused() {
    assertThatExceptionOfType(MalformedConditionException.class)
        .isThrownBy(() -> SegmentGraph.of(Map.of("a", member("a"))))
        .withMessageContaining("a -> a");
  }

  @Test
  void unknown_references_areAllowedAndReported() {
    var graph = SegmentGraph.of(Map.of("a", member("gone", "b"), "b", PLAIN));

    assertThat(graph.unknown()).isEqualTo(Map.of("a", Set.of("gone")));
    assertThat(graph.order()).containsExactly("b", "a");
  }

  @Test
  void of_longChain_needsNoDeepStack() {
    Map<String, Condition> segments = new LinkedHashMap<>();
    for (int i = 0; i < 20_000; i++) {
      segments.put("s" + i, member("s" + (i + 1)));
    }
    segments.put("s20000", PLAIN);

    assertThat(SegmentGraph.of(segments).order())
        .hasSize(20_001)
        .startsWith("s20000")
        .endsWith("s0");
  }
}
