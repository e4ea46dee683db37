package io.marquetry.sim;

import static io.marquetry.consent.ConsentOnDisk.Sabotage.FORGETS_REFUSALS;
import static io.marquetry.identity.IdentityOnDisk.Sabotage.FORGETS_SPLITS;
import static io.marquetry.ingest.EventsOnDisk.Sabotage.LETS_DUPLICATES_IN;
import static io.marquetry.ingest.EventsOnDisk.Sabotage.LOSES_EVENTS;
import static io.marquetry.segmentation.ProfilesOnDisk.Sabotage.FORGETS_MERGES;
import static io.marquetry.segmentation.ProfilesOnDisk.Sabotage.FORGETS_PROFILES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.marquetry.sim.Simulation.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        "%d runs failed%n%s%n%nThe last that happened under seed %d:%n%s%nOnce more:"
            + " -Dtest=SimulationTest -Dsim.seed=%d",
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

  /** A fault, and what has to be noticed of it. */
  private enum Planted {
    DUPLICATES("in the log twice", it -> it.events.sabotage(LETS_DUPLICATES_IN)),
    LOSS("not in the log", it -> it.events.sabotage(LOSES_EVENTS)),
    NO_PROFILES("not held", it -> it.profiles.sabotage(FORGETS_PROFILES)),
    NO_MERGES("held", it -> it.profiles.sabotage(FORGETS_MERGES)),
    OLD_DEFINITIONS("segments: expected", Installation::forgetToTell),
    NO_SPLITS("profile of identifier", it -> it.identities.sabotage(FORGETS_SPLITS)),
    NO_REFUSALS("forbade it", it -> it.consents.sabotage(FORGETS_REFUSALS));

    private final String found;

    @SuppressWarnings("ImmutableEnumChecker") // it holds nothing
    private final Consumer<Installation> sabotage;

    Planted(String found, Consumer<Installation> sabotage) {
      this.found = found;
      this.sabotage = sabotage;
    }

    boolean isFound(long seed) {
      var message = Simulation.run(seed, sabotage).message();
      return !message.isEmpty() && message.contains(found);
    }
  }

  @ParameterizedTest
  @EnumSource
  void run_faultPlanted_isFound(Planted fault) {
    assertThat(LongStream.rangeClosed(1, ENOUGH).filter(fault::isFound).findFirst()).isPresent();
  }
}
