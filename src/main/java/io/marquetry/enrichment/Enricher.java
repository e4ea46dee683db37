package io.marquetry.enrichment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * All enrichments in their order, for one event loop.
 *
 * <p>One that fails is counted and leaves its part out; the others go on. Every sixteenth run is
 * timed, so that measuring costs next to nothing.
 */
public final class Enricher {
  private static final int TIMED_EVERY = 16;

  private final UserAgents agents;
  private final PageClasses pages = new PageClasses();
  private final List<Step> steps = new ArrayList<>();
  private final LongSupplier nanos;
  private long runs;

  private static final class Step {
    final Enrichment enrichment;
    long failures;
    long timed;
    long nanos;

    Step(Enrichment enrichment) {
      this.enrichment = enrichment;
    }
  }

  /**
   * What one enrichment did since it was made.
   *
   * @param timed how many of its runs were timed
   * @param nanos how long those took together
   */
  public record Figures(
      String name, long runs, long failures, Enrichment.Memory memory, long timed, long nanos) {}

  /**
   * @param nanos a clock that only goes forward
   */
  public Enricher(LongSupplier nanos) {
    this.nanos = nanos;
    agents = new UserAgents();
    for (var enrichment : List.of(agents, new Campaigns(), new Roads(), pages)) {
      steps.add(new Step(enrichment));
    }
  }

  /** Works by these patterns of pages from here on. */
  public void define(Map<String, PagePatterns> bySite) {
    pages.define(bySite);
  }

  /** Everything that can be told of a sighting. Never fails. */
  public Findings enrich(Sighting seen) {
    var found = new Findings();
    boolean timed = runs++ % TIMED_EVERY == 0;
    for (var step : steps) {
      run(step, seen, found, timed);
    }
    return found;
  }

  private void run(Step step, Sighting seen, Findings found, boolean timed) {
    long begun = timed ? nanos.getAsLong() : 0;
    try {
      step.enrichment.enrich(seen, found);
    } catch (RuntimeException e) {
      step.failures++;
    }
    if (timed) {
      step.timed++;
      step.nanos += nanos.getAsLong() - begun;
    }
  }

  /** What each did so far, in their order. */
  public List<Figures> figures() {
    return steps.stream()
        .map(
            step ->
                new Figures(
                    step.enrichment.name(),
                    runs,
                    step.failures,
                    step.enrichment.memory(),
                    step.timed,
                    step.nanos))
        .toList();
  }
}
