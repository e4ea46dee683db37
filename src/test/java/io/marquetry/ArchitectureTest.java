package io.marquetry;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static io.marquetry.OurCode.CODE;
import static io.marquetry.OurCode.COMPONENTS;
import static io.marquetry.OurCode.check;
import static io.marquetry.OurCode.nameEnding;
import static io.marquetry.OurCode.named;
import static io.marquetry.OurCode.packages;
import static io.marquetry.OurCode.pureAnd;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaModifier;
import io.marquetry.bus.BusMessage;
import io.vertx.core.VerticleBase;
import java.io.Serializable;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may know whom: the boundaries that packages draw. */
class ArchitectureTest {
  @Test
  void kit_dependsOnTheJdkAlone() {
    check(
        classes()
            .that()
            .resideInAPackage("io.marquetry.kit")
            .should()
            .onlyDependOnClassesThat(pureAnd("io.marquetry.kit")));
  }

  @Test
  void bus_knowsNobodyButKit() {
    check(
        classes()
            .that()
            .resideInAPackage("io.marquetry.bus")
            .and(not(named("Bus", "BusCodec")))
            .should()
            .onlyDependOnClassesThat(pureAnd(packages("bus", "kit"))));
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry.bus")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.marquetry..")
                    .and(not(resideInAnyPackage(packages("bus", "bus.wire", "kit"))))));
  }

  @Test
  void wire_isPureAndKnowsNoMessage() {
    check(
        classes()
            .that()
            .resideInAPackage("io.marquetry.bus.wire")
            .should()
            .onlyDependOnClassesThat(pureAnd(packages("bus.wire", "kit"))));
  }

  @Test
  void condition_contentAndGrant_arePure() {
    check(
        classes()
            .that()
            .resideInAnyPackage(packages("condition", "grant"))
            .should()
            .onlyDependOnClassesThat(
                pureAnd(
                    "com.google.re2j",
                    "io.marquetry.bus",
                    "io.marquetry.kit",
                    "io.marquetry.condition",
                    "io.marquetry.grant")));
    check(
        classes()
            .that()
            .resideInAPackage("io.marquetry.content")
            .should()
            .onlyDependOnClassesThat(
                pureAnd("org.owasp.html", "io.marquetry.content", "io.marquetry.kit")));
  }

  @Test
  void bandit_isPureAndKnowsNobody() {
    check(
        classes()
            .that()
            .resideInAPackage("io.marquetry.bandit")
            .should()
            .onlyDependOnClassesThat(pureAnd("io.marquetry.bandit")));
  }

  @Test
  void enrichment_isPureAndKnowsNobody() {
    check(
        classes()
            .that()
            .resideInAPackage("io.marquetry.enrichment")
            .should()
            .onlyDependOnClassesThat(pureAnd("com.google.re2j", "io.marquetry.enrichment")));
  }

  /** The library's own schemas are JSON texts, for which it takes our reader. */
  @Test
  void schema_knowsNobodyButTheReaderOfJson() {
    check(
        classes()
            .that()
            .resideInAPackage("io.marquetry.schema")
            .should()
            .onlyDependOnClassesThat(
                pureAnd("com.google.re2j", "dev.harrel.jsonschema", "io.marquetry.schema")
                    .or(named("Json").and(resideInAPackage("io.marquetry.platform")))));
  }

  @Test
  void platformAndFollow_knowNoComponent() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(packages("platform", "follow", "http", "postgres"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                COMPONENTS.stream()
                    .map(name -> "io.marquetry." + name + "..")
                    .toArray(String[]::new)));
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry.platform")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages("follow", "http", "postgres", "content", "grant")));
  }

  /** A client like any other: it knows what the outside knows. */
  @Test
  void replay_knowsTheServerByItsInterfaceAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry.replay")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.marquetry..")
                    .and(not(resideInAnyPackage(packages("replay", "kit", "platform"))))
                    .or(resideInAPackage("io.vertx.."))));
  }

  @Test
  void app_isKnownToNobody() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.marquetry.app")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.marquetry.app"));
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("io.marquetry.(**)").should().beFreeOfCycles().check(CODE);
  }

  @ParameterizedTest
  @MethodSource("io.marquetry.OurCode#components")
  void component_knowsNoOther(String component) {
    var others =
        COMPONENTS.stream()
            .filter(other -> !other.equals(component))
            .map(other -> "io.marquetry." + other + "..")
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry." + component + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others));
  }

  @Test
  void verticles_areOneForEachShellAndFinal() {
    var byPackage = new TreeMap<String, String>();
    for (var type : CODE) {
      if (type.isAssignableTo(VerticleBase.class)) {
        assertThat(type.getModifiers()).as(type.getName()).contains(JavaModifier.FINAL);
        assertThat(type.getSimpleName()).endsWith("Verticle");
        assertThat(byPackage.put(type.getPackageName(), type.getName()))
            .as("a second verticle in " + type.getPackageName())
            .isNull();
      }
    }
    assertThat(byPackage.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(COMPONENTS.stream(), Stream.of("http"))
                .map(name -> "io.marquetry." + name)
                .toList());
  }

  @Test
  void messages_areRecordsThatJavaCannotSerialize() {
    check(
        classes()
            .that()
            .areAssignableTo(BusMessage.class)
            .and()
            .areNotInterfaces()
            .should()
            .beRecords()
            .andShould()
            .notBeAssignableTo(Serializable.class));
  }

  @Test
  void publicClassesOfShells_areVerticlesAndFacesAlone() {
    check(
        classes()
            .that()
            .resideInAnyPackage(
                COMPONENTS.stream().map(name -> "io.marquetry." + name).toArray(String[]::new))
            .and()
            .areTopLevelClasses()
            .and(not(nameEnding("Verticle", "Routes")))
            .should()
            .notBePublic());
  }
}
