package io.marquetry.bench;

import io.marquetry.condition.Condition;
import io.marquetry.condition.ConditionSet;
import io.marquetry.condition.MapView;
import io.marquetry.condition.ProfileView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * How fast conditions are: one simple comparison, and a set of 100 mixed rules of which only the
 * last one holds, so that every rule is tested. Beside them the same written by hand in Java, which
 * knows the types of all values beforehand.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class ConditionBench {
  private static final List<String> COUNTRIES =
      List.of("DE", "FR", "IT", "ES", "PL", "NL", "BE", "SE", "NO", "FI");

  private final Condition simple = Condition.parse(Map.of("geo.country", "DE"));
  private final Condition never = Condition.parse(Map.of("geo.country", "XX"));
  private final Condition[] rules =
      IntStream.range(0, 100).mapToObj(ConditionBench::rule).toArray(Condition[]::new);
  private final ConditionSet set = ConditionSet.of(List.of(rules));
  private final List<Predicate<Map<String, Object>>> byHand =
      IntStream.range(0, 100).mapToObj(ConditionBench::ruleByHand).toList();
  private final Map<String, Object> attributes =
      Map.of(
          "geo", Map.of("country", "DE", "city", "Hamburg"),
          "device", Map.of("type", "desktop"),
          "traits", Map.of("plan", "pro", "age", 41, "tags", List.of("runner", "outdoor")),
          "session", Map.of("pageViews", 4, "landingPath", "/shoes/running"),
          "visits", 7);
  private final ProfileView visitor = MapView.of(attributes);

  private static Condition rule(int i) {
    String country = COUNTRIES.get(i % COUNTRIES.size());
    Map<String, Object> json =
        switch (i == 99 ? 9 : i % 6) {
          case 0 -> Map.of("geo.country", country + i);
          case 1 -> Map.of("visits", Map.of("$gt", 10 + i));
          case 2 ->
              Map.of("geo.country", country, "traits.age", Map.of("$gte", 50 + i, "$lt", 120 + i));
          case 3 -> Map.of("traits.plan", Map.of("$in", List.of("free", "basic", "trial" + i)));
          case 4 -> Map.of("session.landingPath", Map.of("$regex", "^/pricing/" + i));
          case 5 ->
              Map.of(
                  "$or",
                  List.of(
                      Map.of("device.type", "mobile" + i),
                      Map.of("traits.tags", Map.of("$in", List.of("t" + i)))));
          default -> Map.of("device.type", "desktop");
        };
    return Condition.parse(json);
  }

  private static Object at(Map<String, Object> attributes, String root, String field) {
    return ((Map<?, ?>) attributes.get(root)).get(field);
  }

  private static Predicate<Map<String, Object>> ruleByHand(int i) {
    String country = COUNTRIES.get(i % COUNTRIES.size());
    String other = country + i;
    String trial = "trial" + i;
    String path = "/pricing/" + i;
    String mobile = "mobile" + i;
    String tag = "t" + i;
    return switch (i == 99 ? 9 : i % 6) {
      case 0 -> all -> other.equals(at(all, "geo", "country"));
      case 1 -> all -> (Integer) all.get("visits") > 10 + i;
      case 2 ->
          all ->
              country.equals(at(all, "geo", "country"))
                  && (Integer) at(all, "traits", "age") >= 50 + i
                  && (Integer) at(all, "traits", "age") < 120 + i;
      case 3 ->
          all -> {
            var plan = at(all, "traits", "plan");
            return "free".equals(plan) || "basic".equals(plan) || trial.equals(plan);
          };
      case 4 -> all -> ((String) at(all, "session", "landingPath")).startsWith(path);
      case 5 ->
          all ->
              mobile.equals(at(all, "device", "type"))
                  || ((List<?>) at(all, "traits", "tags")).contains(tag);
      default -> all -> "desktop".equals(at(all, "device", "type"));
    };
  }

  /** Two simple conditions, one true and one false. */
  @Benchmark
  @OperationsPerInvocation(2)
  public boolean simple() {
    return simple.test(visitor) && !never.test(visitor);
  }

  /** The same two by hand. */
  @Benchmark
  @OperationsPerInvocation(2)
  public boolean simpleByHand() {
    return "DE".equals(at(attributes, "geo", "country"))
        && !"XX".equals(at(attributes, "geo", "country"));
  }

  /** One pass over a hundred rules. */
  @Benchmark
  public int hundredRules() {
    for (int i = 0; i < rules.length; i++) {
      if (rules[i].test(visitor)) {
        return i;
      }
    }
    return -1;
  }

  /** The same pass by hand. */
  @Benchmark
  public int hundredRulesByHand() {
    for (int i = 0; i < byHand.size(); i++) {
      if (byHand.get(i).test(attributes)) {
        return i;
      }
    }
    return -1;
  }

  /** The same rules as one set. */
  @Benchmark
  public int hundredRulesAsSet() {
    return set.first(visitor);
  }

  /** Runs all with their allocation; about 25 seconds. */
  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(ConditionBench.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .build())
        .run();
  }
}
