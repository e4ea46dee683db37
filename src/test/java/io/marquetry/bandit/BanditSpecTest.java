package io.marquetry.bandit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BanditSpecTest {
  private static final Map<String, Object> REWARD = Map.of("event", "Order Completed");

  private static Map<String, Object> body(String field, Object value) {
    var body =
        new LinkedHashMap<String, Object>(
            Map.of("kind", "bandit", "arms", List.of("a", "b"), "reward", REWARD));
    body.put(field, value);
    return body;
  }

  @Test
  void parse_theLeast_hasTheUsualRest() {
    var spec = BanditSpec.parse(body("kind", "bandit"));
    assertThat(spec.window()).isEqualTo(86_400_000);
    assertThat(spec.epoch()).isEqualTo(3_600_000);
    assertThat(spec.discount()).isEqualTo(1);
    assertThat(spec.floor(2)).isEqualTo(.025);
    assertThat(spec.floor(10)).isEqualTo(.01);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("reward", "Order Completed", "reward: is required"),
        Arguments.of("reward", Map.of("event", ""), "reward.event: is required"),
        Arguments.of("reward", Map.of("event", "a", "when", 1), "reward.when: is unknown"),
        Arguments.of("reward", Map.of("event", "a", "value", 1), "reward.value: must be the path"),
        Arguments.of(
            "reward",
            Map.of("event", "a", "where", Map.of("x", List.of())),
            "reward.where.x: must"),
        Arguments.of("arms", List.of("a"), "arms: must be a list of at least two"),
        Arguments.of("arms", List.of("a", "a"), "arms: names something twice"),
        Arguments.of("window", "P31D", "window: must be a duration"),
        Arguments.of("epoch", "soon", "epoch: must be a duration"),
        Arguments.of("floor", 0, "floor: must be more than 0"),
        Arguments.of("floor", .6, "floor: must be a number up to 0.5"),
        Arguments.of("discount", 0, "discount: must be more than 0"),
        Arguments.of("contextual", true, "contextual: needs 1 to 6 segments"),
        Arguments.of("colour", "red", "colour: is unknown"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void parse_aWrongMember_isNamed(String field, Object value, String message) {
    assertThatThrownBy(() -> BanditSpec.parse(body(field, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void reward_whereAndValue_readTheEvent() {
    var spec =
        BanditSpec.parse(
            body(
                "reward",
                Map.of(
                    "event", "Order Completed",
                    "where", Map.of("properties.currency", "EUR"),
                    "value", "properties.total")));
    var reward = spec.reward();
    Map<String, Object> euros = Map.of("properties", Map.of("currency", "EUR", "total", 30));
    assertThat(reward.of("Order Completed", euros)).isEqualTo(30.0);
    assertThat(reward.of("Product Viewed", euros)).isNull();
    assertThat(reward.of("Order Completed", Map.of("properties", Map.of("total", 30)))).isNull();
    assertThat(
            reward.of(
                "Order Completed", Map.of("properties", Map.of("currency", "EUR", "total", "x"))))
        .isNull();
  }
}
