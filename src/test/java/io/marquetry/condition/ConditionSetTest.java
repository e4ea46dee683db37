package io.marquetry.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConditionSetTest {
  private static final ConditionSet RULES =
      ConditionSet.of(
          List.of(
              Json.condition("{'a':1,'b':2}"),
              Json.condition("{'$or':[{'a':3},{'$inSegment':'vip'}]}"),
              Json.condition("{'$not':{'c':{'$exists':true}}}"),
              Json.condition("{'b':2}")));

  @Test
  void first_severalHold_isTheEarliest() {
    assertThat(RULES.first(Json.view("{'a':1,'b':2}"))).isEqualTo(0);
    assertThat(RULES.first(Json.view("{'a':3,'b':2}"))).isEqualTo(1);
    assertThat(RULES.first(new MapView(Map.of("c", 1), Set.of("vip")))).isEqualTo(1);
    assertThat(RULES.first(Json.view("{'b':2}"))).isEqualTo(2);
    assertThat(RULES.first(Json.view("{'c':1}"))).isEqualTo(-1);
    assertThat(RULES.size()).isEqualTo(4);
  }

  @Test
  void all_holding_areListed() {
    assertThat(RULES.all(Json.view("{'a':1,'b':2}")).stream()).containsExactly(0, 2, 3);
    assertThat(RULES.all(Json.view("{'c':1}")).isEmpty()).isTrue();
  }

  @Test
  void all_sharedFields_areReadOnceEvenWhenUnknown() {
    List<String> read = new ArrayList<>();
    RULES.all(
        new ProfileView() {
          @Override
          public @Nullable Object field(FieldPath path) {
            read.add(path.toString());
            return path.toString().equals("a") ? 1 : null;
          }

          @Override
          public boolean inSegment(String key) {
            return false;
          }

          @Override
          public boolean behaved(Behaviour behaviour) {
            return false;
          }
        });

    assertThat(read).containsExactlyInAnyOrder("a", "b", "c");
  }
}
