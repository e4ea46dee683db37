package io.marquetry.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.marquetry.ingest.EventsOnDisk;
import io.marquetry.segmentation.ProfilesOnDisk;
import io.marquetry.sim.Simulation.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the stages on virtual time under faults. {@code -Dsim.seeds=10000} runs more seeds, {@code
 * -Dsim.first=N} others, {@code -Dsim.seed=N} one alone, whose trace is then shown whatever comes
 * of it; {@code -Dsim.trace=LINES} says how much of it.
 */
class SimulationTest {
  private static final long SEEDS = Long.getLong("sim.seeds", 2_000);
  private static final long FIRST = Long.getLong("sim.first", 1);
  private static final long ONE = Long.getLong("sim.seed", 0);

  /** How many failed runs are named. */
  private static final long SHOWN = 30;

  /** Within how many seeds a planted fault is found. */
  private static final long ENOUGH = 200;

  /** Seeds that once found something, the newest last; behind {@code #} what it was. */
  private static LongStream known() {
    try (var file = SimulationTest.class.getResourceAsStream("/sim-seeds.txt")) {
      var text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
      return text.lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .mapToLong(Long::parseLong);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs them all, so that what failed is seen together; shows how the first one came about. */
  private static void check(LongStream seeds) {
    var failed = new ArrayList<Outcome>();
    seeds.mapToObj(Simulation::run).filter(run -> run.problem() != null).forEach(failed::add);
    if (failed.isEmpty()) {
      return;
    }
    var first = failed.getFirst();
    var all =
        failed.stream()
            .limit(SHOWN)
            .map(run -> "seed " + run.seed() + ": " + run.message())
            .collect(Collectors.joining("\n"));
    fail(
        "%d runs failed%n%s%n%nThe last that happened under seed %d:%n%s%nOnce more: -Dtest=SimulationTest -Dsim.seed=%d",
        failed.size(), all, first.seed(), first.trace(), first.seed());
  }

  @Test
  void run_seedsThatFailedOnce_endInWhatTheLogSays() {
    check(ONE > 0 ? LongStream.empty() : known());
  }

  @Test
  void run_anySeed_endsInWhatTheLogSays() {
    if (ONE > 0) {
      System.out.println(Simulation.run(ONE).trace());
    }
    check(ONE > 0 ? LongStream.of(ONE) : LongStream.range(FIRST, FIRST + SEEDS));
  }

  @Test
  void run_sameSeed_isTheSameAgain() {
    for (long seed = 1; seed <= 20; seed++) {
      var once = Simulation.run(seed);
      var again = Simulation.run(seed);
      assertThat(again.digest()).isEqualTo(once.digest());
      assertThat(again.steps()).isEqualTo(once.steps());
    }
  }

  static Stream<Consumer<Installation>> sabotages() {
    return Stream.of(
        it -> it.events.sabotage(EventsOnDisk.Sabotage.LETS_DUPLICATES_IN),
        it -> it.events.sabotage(EventsOnDisk.Sabotage.LOSES_EVENTS),
        it -> it.profiles.sabotage(ProfilesOnDisk.Sabotage.FORGETS_PROFILES),
        it -> it.profiles.sabotage(ProfilesOnDisk.Sabotage.FORGETS_MERGES));
  }

  @ParameterizedTest
  @MethodSource("sabotages")
  void run_faultPlanted_isFound(Consumer<Installation> sabotage) {
    assertThat(
            LongStream.rangeClosed(1, ENOUGH)
                .mapToObj(seed -> Simulation.run(seed, sabotage))
                .anyMatch(outcome -> outcome.problem() != null))
        .isTrue();
  }
}
