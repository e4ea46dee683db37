package io.marquetry.segmentation.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanSourceTest {
  private static final String SHOWN =
      "{'content':{'text':'Hello','name':{'$from':'traits.name'}},'status':'published'}";

  private static PlanSource source(String variant) {
    return PlanSource.of(
        Visits.catalogue(
            List.of(
                Visits.segment("regular", "{'visits':{'$gte':2}}"),
                Visits.definition(Kind.VARIANT, "hero/a", variant))));
  }

  @Test
  void of_variantSaysSomethingElse_isTheSame() {
    assertThat(source(SHOWN.replace("Hello", "Good evening"))).isEqualTo(source(SHOWN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'content':{'text':'Hello','name':{'$from':'traits.city'}},'status':'published'}",
        "{'content':{'text':'Hello','name':{'$from':'traits.name'}},'status':'draft'}",
        "{'content':{'text':'Hello','name':{'$from':'traits.name'}},'status':'published',"
            + "'requires':['traits.plan']}",
        "{'content':{'text':'Hello','name':{'$from':'traits.name'}},'status':'published',"
            + "'when':{'traits.plan':'x'}}"
      })
  void of_variantAsksForSomethingElse_isAnother(String variant) {
    assertThat(source(variant)).isNotEqualTo(source(SHOWN));
  }

  @Test
  void of_conditionOfASegmentChanged_isAnother() {
    assertThat(PlanSource.of(Visits.segments("regular", "{'visits':{'$gte':3}}")))
        .isNotEqualTo(PlanSource.of(Visits.segments("regular", "{'visits':{'$gte':2}}")));
  }

  @Test
  void of_ruleSwitchedOff_isAnother() {
    var on = Visits.definition(Kind.RULE, "vips", "{'when':{'traits.plan':'x'}}");
    var off = Visits.definition(Kind.RULE, "vips", "{'enabled':false,'when':{'traits.plan':'x'}}");
    assertThat(PlanSource.of(Visits.catalogue(List.of(off))))
        .isNotEqualTo(PlanSource.of(Visits.catalogue(List.of(on))));
  }
}
