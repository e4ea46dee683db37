package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanCompilerTest {
  @Test
  void compile_oneBrokenSegment_switchesOffThatOneAlone() {
    var plan =
        PlanCompiler.compile(
            Visits.segments("bad", "{'traits.x':{'$nonsense':1}}", "good", "{'visits':1}"));

    assertThat(plan.faults()).containsOnlyKeys("segment bad");
    var profile = Visits.profile();
    new SegmentEngine(plan, Visits.TIMEOUT, Visits.DEVICES)
        .apply(profile, Visits.page("/", NOON), NOON);
    assertThat(profile.memberships.keys()).containsExactly("good");
  }

  @Test
  void compile_circle_isOpenedByLeavingOneOut() {
    var plan =
        PlanCompiler.compile(
            Visits.segments(
                "a", "{'$inSegment':'b'}",
                "b", "{'$inSegment':'a'}",
                "c", "{'$nor':[{'$inSegment':'b'}]}",
                "d", "{'visits':1}"));

    assertThat(plan.faults()).hasSize(1);
    assertThat(plan.size()).isEqualTo(3);
  }

  @Test
  void compile_brokenRule_isNamedAndNeighboursLive() {
    var plan =
        PlanCompiler.compile(
            Visits.catalogue(
                List.of(
                    Visits.definition(Kind.RULE, "bad", "{'when':{'$did':7}}"),
                    Visits.definition(Kind.RULE, "off", "{'enabled':false,'when':{'$did':7}}"),
                    Visits.definition(Kind.RULE, "good", "{'when':{'traits.plan':'x'}}"))));

    assertThat(plan.faults()).containsOnlyKeys("rule bad");
    assertThat(plan.projection().toString()).contains("traits.plan");
  }

  @Test
  void compile_keyOfHiddenSegments_isRefused() {
    assertThat(PlanCompiler.compile(Visits.segments("~x", "{}")).faults())
        .containsOnlyKeys("segment ~x");
  }

  @Test
  void fingerprint_sameMeaning_isTheSame() {
    var one = PlanCompiler.compile(Visits.segments("a", "{'x':1,'y':2}", "b", "{'z':1}"));
    var two = PlanCompiler.compile(Visits.segments("b", "{'z':1}", "a", "{'y':2,'x':1}"));
    var other = PlanCompiler.compile(Visits.segments("a", "{'x':1,'y':3}", "b", "{'z':1}"));

    assertThat(one.fingerprint()).isEqualTo(two.fingerprint()).isNotEqualTo(other.fingerprint());
  }
}
