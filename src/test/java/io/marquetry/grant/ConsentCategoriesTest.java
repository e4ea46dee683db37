package io.marquetry.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsentCategoriesTest {
  @ParameterizedTest
  @CsvSource({
    "analytics, analytics",
    "Analytics, analytics",
    "Performance, analytics",
    "C0002, analytics",
    "personalization, personalization",
    "Functional, personalization",
    "c0003, personalization",
    "marketing, marketing",
    "Advertising, marketing",
    "Targeting, marketing",
    "C0004, marketing",
  })
  void choices_commonCategories_areKnown(String category, String purpose) {
    assertThat(ConsentCategories.COMMON.choices(Map.of(category, false)))
        .isEqualTo(Map.of(purpose, false));
    assertThat(ConsentCategories.COMMON.choices(Map.of(category, true)))
        .isEqualTo(Map.of(purpose, true));
  }

  @Test
  void choices_unknownCategoriesAndOtherValues_sayNothing() {
    assertThat(
            ConsentCategories.COMMON.choices(
                Map.of("C0001", true, "Weather", false, "analytics", "yes", 7, true)))
        .isEmpty();
  }

  @Test
  void choices_severalCategoriesOfAPurpose_allowItOnlyTogether() {
    assertThat(ConsentCategories.COMMON.choices(Map.of("Advertising", true, "Targeting", false)))
        .isEqualTo(Map.of("marketing", false));
    assertThat(ConsentCategories.COMMON.choices(Map.of("Advertising", false, "Targeting", true)))
        .isEqualTo(Map.of("marketing", false));
  }

  @Test
  void of_siteCategories_areAddedAndOverrideTheCommonOnes() {
    var categories =
        ConsentCategories.of(
            Map.of(
                "Weather",
                "analytics",
                "Everything",
                List.of("personalization", "marketing"),
                "Advertising",
                List.of()));
    assertThat(
            categories.choices(Map.of("weather", false, "everything", true, "advertising", true)))
        .isEqualTo(Map.of("analytics", false, "personalization", true, "marketing", true));
    assertThat(categories.choices(Map.of("C0002", true))).isEqualTo(Map.of("analytics", true));
  }

  @Test
  void choices_theRest_isWhatNothingElseSpeaksOf() {
    assertThat(ConsentCategories.COMMON.choices(Map.of("C0002", true, "*", false)))
        .isEqualTo(Map.of("analytics", true, "personalization", false, "marketing", false));
    assertThat(ConsentCategories.COMMON.choices(Map.of("*", true)))
        .isEqualTo(Map.of("analytics", true, "personalization", true, "marketing", true));
  }

  @Test
  void of_whatIsNoPurpose_isRefusedNamingTheCategory() {
    for (var wrong : List.<Object>of("sales", List.of("analytics", "sales"), 7L, Map.of())) {
      assertThatThrownBy(() -> ConsentCategories.of(Map.of("Weather", wrong)))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.field()).isEqualTo("Weather"));
    }
    assertThatThrownBy(() -> ConsentCategories.of(Map.of("Analytics", "marketing")))
        .isInstanceOf(Refused.class);
  }

  @Test
  void refuse_onlyWhatIsRefused_notWhatIsLeftOut() {
    assertThat(ConsentCategories.COMMON.refuse(Purpose.ANALYTICS, Map.of("C0002", false))).isTrue();
    assertThat(ConsentCategories.COMMON.refuse(Purpose.ANALYTICS, Map.of("C0002", true))).isFalse();
    assertThat(ConsentCategories.COMMON.refuse(Purpose.ANALYTICS, Map.of("C0004", false)))
        .isFalse();
    assertThat(ConsentCategories.COMMON.refuse(Purpose.ANALYTICS, Map.of())).isFalse();
  }

  @Test
  void preferences_anythingElse_areNone() {
    assertThat(ConsentCategories.preferences(Map.of())).isEmpty();
    assertThat(ConsentCategories.preferences(Map.of("context", "x"))).isEmpty();
    assertThat(ConsentCategories.preferences(Map.of("context", Map.of("consent", List.of()))))
        .isEmpty();
  }
}
