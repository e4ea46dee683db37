package io.marquetry;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.marquetry.bus.BusMessage;
import io.vertx.core.VerticleBase;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may know whom: the boundaries that packages draw, and what may not be done behind them. */
class ArchitectureTest {
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.marquetry");

  private static final List<String> COMPONENTS =
      List.of(
          "assembly",
          "catalogue",
          "consent",
          "console",
          "decisioning",
          "experimentation",
          "identity",
          "ingest",
          "models",
          "segmentation");

  /** The JDK without its doors to the outside, and annotations. */
  private static final String[] PURE = {
    "java.io",
    "java.lang..",
    "java.math",
    "java.nio",
    "java.nio.charset",
    "java.security..",
    "java.text",
    "java.time..",
    "java.util",
    "java.util.function",
    "java.util.random",
    "java.util.regex",
    "java.util.stream",
    "java.util.zip",
    "javax.crypto..",
    "org.jspecify.annotations",
    "com.google.errorprone.annotations"
  };

  static Stream<String> components() {
    return COMPONENTS.stream();
  }

  private static String[] packages(String... names) {
    return Arrays.stream(names).map(name -> "io.marquetry." + name).toArray(String[]::new);
  }

  /** Nothing but these packages and what computes without reaching out. */
  private static DescribedPredicate<JavaClass> pureAnd(String... names) {
    var packages = Stream.concat(Arrays.stream(PURE), Arrays.stream(names)).toArray(String[]::new);
    var files =
        DescribedPredicate.<JavaClass>describe(
            "a file",
            type ->
                type.getPackageName().equals("java.io") && type.getSimpleName().startsWith("File"));
    return resideInAnyPackage(packages)
        .and(not(files))
        .or(
            DescribedPredicate.describe(
                "java.net.URI and URLDecoder, which only take texts apart",
                type -> Set.of("java.net.URI", "java.net.URLDecoder").contains(type.getName())));
  }

  private static DescribedPredicate<JavaClass> named(String... simpleNames) {
    var names = Set.of(simpleNames);
    return DescribedPredicate.describe(
        "named " + names, type -> names.contains(outermost(type).getSimpleName()));
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  private static DescribedPredicate<JavaClass> nameEnding(String... ends) {
    return DescribedPredicate.describe(
        "named *" + String.join(" or *", ends),
        type -> Arrays.stream(ends).anyMatch(outermost(type).getSimpleName()::endsWith));
  }

  private static DescribedPredicate<JavaClass> nameStarting(String start) {
    return DescribedPredicate.describe(
        "named " + start + "*", type -> outermost(type).getSimpleName().startsWith(start));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(CODE);
  }

  // ---- shared packages

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

  // ---- components

  @ParameterizedTest
  @MethodSource("components")
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

  @ParameterizedTest
  @MethodSource("components")
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

  // ---- doors to the outside

  @Test
  void postgres_isReachedFromItsOwnClassesAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry..")
            .and(not(nameStarting("Pg")))
            .and(not(resideInAPackage("io.marquetry.postgres")))
            // They hand options through, or make and close the pool.
            .and(not(named("ComponentContext")))
            .and(not(nameEnding("Verticle")))
            .and(not(named(SQL_BY_OTHERS)))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql.."));
  }

  @Test
  void kafka_isReachedFromItsOwnClassesAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry..")
            .and(not(nameStarting("Kafka")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.kafka..", "org.apache.kafka.."));
  }

  /** Rows are taken apart here: the halves of a store that grew beyond one file. */
  private static final String[] SQL_BY_OTHERS = {"DecisionFilter", "DecisionJson"};

  @Test
  void web_isSpokenByFacesAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry..")
            .and(not(nameEnding("Routes", "Bridge")))
            .and(not(resideInAnyPackage(packages("http", "platform"))))
            .and(not(named(WEB_BY_OTHERS)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.ext.web.."));
  }

  /** The parts of the console's face: its session, its pages and its sockets. */
  private static final String[] WEB_BY_OTHERS = {"Doorkeeper", "ConsolePages", "Sockets"};

  /** Everybody else speaks through {@code Bus}, which always answers. */
  @Test
  void eventBus_isTouchedByBusAndConsoleAlone() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.marquetry.bus", "io.marquetry.console", "io.marquetry.app")
            .should()
            .callMethodWhere(
                DescribedPredicate.describe("Vertx.eventBus()", ArchitectureTest::isEventBus)));
  }

  private static boolean isEventBus(JavaMethodCall call) {
    return call.getName().equals("eventBus");
  }

  /** Plain values travel; the browser's JSON stays at the console's door. */
  @Test
  void vertxJson_staysAtTheConsole() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.marquetry.console", "io.marquetry.app")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.core.json"));
  }

  @Test
  void sharedData_isUsedByNobody() {
    check(
        noClasses()
            .should()
            .callMethodWhere(
                DescribedPredicate.describe(
                    "Vertx.sharedData()", call -> call.getName().equals("sharedData"))));
  }

  /** Patterns that people bring run in linear time, by RE2; our own constants may use the JDK's. */
  @Test
  void regex_isForConstantsOfOurOwn() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.marquetry..")
            .and(not(named(OWN_PATTERNS)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.regex"));
  }

  /** Classes whose patterns are constants, as a look at them shows. */
  private static final String[] OWN_PATTERNS = {"Database", "UserOperations", "WebLog"};

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
