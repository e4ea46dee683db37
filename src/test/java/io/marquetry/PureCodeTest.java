package io.marquetry;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.marquetry.OurCode.CODE;
import static io.marquetry.OurCode.check;
import static io.marquetry.OurCode.named;
import static io.marquetry.OurCode.pureAnd;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cores compute; what they know of time, chance and threads is told them. */
class PureCodeTest {
  @ParameterizedTest
  @MethodSource("io.marquetry.OurCode#components")
  void core_isPure(String component) {
    var core = "io.marquetry." + component + ".core..";
    check(
        classes()
            .that()
            .resideInAPackage(core)
            .should()
            .onlyDependOnClassesThat(
                pureAnd(
                    core,
                    "org.apache.commons.statistics.distribution",
                    "org.ejml..",
                    "io.marquetry.bandit",
                    "io.marquetry.bus",
                    "io.marquetry.kit",
                    "io.marquetry.condition",
                    "io.marquetry.content",
                    "io.marquetry.enrichment",
                    "io.marquetry.grant",
                    "io.marquetry.schema")));
    check(
        noClasses()
            .that()
            .resideInAPackage(core)
            .should()
            .dependOnClassesThat(
                named("Bus", "BusCodec", "Addresses").and(resideInAPackage("io.marquetry.bus"))));
  }

  /** Time, randomness and threads come in as parameters: what was decided can be decided again. */
  @Test
  void pureCode_asksNoClockAndNoDice() {
    var pure =
        resideInAnyPackage(
            "io.marquetry.*.core..",
            "io.marquetry.kit",
            "io.marquetry.bandit",
            "io.marquetry.condition",
            "io.marquetry.content",
            "io.marquetry.enrichment",
            "io.marquetry.grant");
    var impure =
        DescribedPredicate.<JavaCall<?>>describe(
            "clock, randomness or thread",
            call -> isImpure(call.getTargetOwner().getName(), call.getName()));
    check(noClasses().that(pure).should().callCodeUnitWhere(impure));
    check(
        noClasses()
            .that(pure)
            .should()
            .dependOnClassesThat(
                assignableTo(Thread.class)
                    .or(resideInAPackage("java.util.concurrent.."))
                    .or(
                        DescribedPredicate.describe(
                            "java.security.SecureRandom",
                            type -> type.getName().equals("java.security.SecureRandom")))));
  }

  private static boolean isImpure(String owner, String method) {
    return switch (owner) {
      case "java.lang.System" -> !method.equals("arraycopy") && !method.equals("identityHashCode");
      case "java.lang.Math" -> method.equals("random");
      case "java.util.UUID" -> method.equals("randomUUID");
      case "java.lang.Thread", "java.lang.Runtime", "java.lang.ProcessBuilder" -> true;
      default ->
          (owner.startsWith("java.time.") && (method.equals("now") || method.startsWith("system")))
              || (owner.equals("java.util.Random") && method.equals("<init>"));
    };
  }

  /** One loop owns a piece of state; whoever locks does not trust that. */
  @Test
  void pureCode_locksNothing() {
    for (var type : CODE) {
      if (type.getPackageName().endsWith(".core")) {
        for (var method : type.getMethods()) {
          assertThat(method.getModifiers())
              .as(method.getFullName())
              .doesNotContain(JavaModifier.SYNCHRONIZED);
        }
        for (var field : type.getFields()) {
          boolean shared =
              field.getModifiers().contains(JavaModifier.STATIC)
                  && !field.getModifiers().contains(JavaModifier.FINAL);
          assertThat(shared).as(field.getFullName() + " is shared and changes").isFalse();
        }
      }
    }
  }
}
