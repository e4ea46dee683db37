package io.marquetry;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.marquetry.OurCode.check;
import static io.marquetry.OurCode.nameEnding;
import static io.marquetry.OurCode.nameStarting;
import static io.marquetry.OurCode.named;
import static io.marquetry.OurCode.packages;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import org.junit.jupiter.api.Test;

/** What leads outside is opened by few. */
class OutsideDoorsTest {
  /** Rows are taken apart here: the halves of a store that grew beyond one file. */
  private static final String[] SQL_BY_OTHERS = {"DecisionFilter", "DecisionJson"};

  /** The parts of the console's face: its session, its pages and its sockets. */
  private static final String[] WEB_BY_OTHERS = {"Doorkeeper", "ConsolePages", "Sockets"};

  /** Classes whose patterns are constants, as a look at them shows. */
  private static final String[] OWN_PATTERNS = {"Database", "UserOperations", "WebLog"};

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

  /** Everybody else speaks through {@code Bus}, which always answers. */
  @Test
  void eventBus_isTouchedByBusAndConsoleAlone() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.marquetry.bus", "io.marquetry.console", "io.marquetry.app")
            .should()
            .callMethodWhere(
                DescribedPredicate.describe("Vertx.eventBus()", OutsideDoorsTest::isEventBus)));
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
}
