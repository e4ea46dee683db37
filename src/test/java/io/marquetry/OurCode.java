package io.marquetry;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The code that rules of architecture look at, and the words they are written in. */
final class OurCode {
  static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.marquetry");

  static final List<String> COMPONENTS =
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

  private OurCode() {}

  static Stream<String> components() {
    return COMPONENTS.stream();
  }

  static String[] packages(String... names) {
    return Arrays.stream(names).map(name -> "io.marquetry." + name).toArray(String[]::new);
  }

  /** Nothing but these packages and what computes without reaching out. */
  static DescribedPredicate<JavaClass> pureAnd(String... names) {
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

  static DescribedPredicate<JavaClass> named(String... simpleNames) {
    var names = Set.of(simpleNames);
    return DescribedPredicate.describe(
        "named " + names, type -> names.contains(outermost(type).getSimpleName()));
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(OurCode::outermost).orElse(type);
  }

  static DescribedPredicate<JavaClass> nameEnding(String... ends) {
    return DescribedPredicate.describe(
        "named *" + String.join(" or *", ends),
        type -> Arrays.stream(ends).anyMatch(outermost(type).getSimpleName()::endsWith));
  }

  static DescribedPredicate<JavaClass> nameStarting(String start) {
    return DescribedPredicate.describe(
        "named " + start + "*", type -> outermost(type).getSimpleName().startsWith(start));
  }

  static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(CODE);
  }
}
