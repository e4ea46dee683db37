package io.marquetry.bus;

import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.kit.Id128;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What decisioning takes, answers and publishes. */
public sealed interface DecisioningMessage extends BusMessage {

  /** In which way a page was decided. */
  enum Mode {
    /** By the visitor's profile. */
    PERSONALIZED,
    /** By the request alone. */
    CONTEXTUAL,
    /** The baseline, because the visitor is in the control group. */
    HOLDOUT;

    /** The name used in JSON. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * All components of one page or call, to be decided at once.
   *
   * @param visitor who it is for
   * @param context what the request itself says: {@code context.page.*}, {@code device.*}, {@code
   *     geo.*}, {@code campaign.*}, {@code session.*}; nested plain values
   * @param page key of the page or empty for a call
   * @param dryRun whether it neither counts nor is logged
   * @param supposed segments to decide as if their member asked, whoever asks; only for a dry run
   * @param begun when the head of the request had been read, milliseconds since the epoch: the time
   *     of the page runs from there; 0 to have it run from when the question arrives
   */
  record Decide(
      String site,
      VisitorRef visitor,
      Map<String, Object> context,
      String page,
      List<String> components,
      boolean dryRun,
      List<String> supposed,
      long begun)
      implements DecisioningMessage {
    public Decide {
      components = List.copyOf(components);
      supposed = List.copyOf(supposed);
    }

    /** For whoever it is that asks. */
    public Decide(
        String site,
        VisitorRef visitor,
        Map<String, Object> context,
        String page,
        List<String> components,
        boolean dryRun) {
      this(site, visitor, context, page, components, dryRun, List.of(), 0);
    }

    /** The same, asked for a request that began then. */
    public Decide since(long millis) {
      return new Decide(site, visitor, context, page, components, dryRun, supposed, millis);
    }
  }

  /**
   * What was decided.
   *
   * @param choices one for each component asked for, in that order
   * @param live the values that live bindings of the chosen variants read, by dotted path
   * @param definitions content version of what decided
   */
  record Decided(
      Id128 decision,
      Mode mode,
      List<Choice> choices,
      Map<String, Object> live,
      String definitions,
      long micros)
      implements DecisioningMessage {
    public Decided {
      choices = List.copyOf(choices);
      live = Collections.unmodifiableMap(new LinkedHashMap<>(live));
    }
  }

  /**
   * What one component shows, and why.
   *
   * @param variant null where nothing is eligible: the markup in the page stays
   * @param strategy what chose it: {@code rule}, {@code first-eligible} (an order that a rule
   *     gives), {@code fallback}, {@code baseline}, {@code none}
   * @param confidence 0 to 1
   * @param propensity probability with which this policy chooses this variant here, 0 to 1
   * @param fallbackStep place in the fallback chain, from 0; -1 where a rule or nothing chose
   * @param draw how lots were drawn; null where nothing was left to chance
   * @param items what a model recommends, best first; empty where the variant is no such list
   */
  record Choice(
      String component,
      @Nullable String variant,
      String strategy,
      List<Reason> reasons,
      double confidence,
      double propensity,
      int fallbackStep,
      @Nullable Draw draw,
      List<ScoredItem> items)
      implements DecisioningMessage {
    public Choice {
      reasons = List.copyOf(reasons);
      items = List.copyOf(items);
    }

    /** One that was not left to chance and is no list. */
    public Choice(
        String component,
        @Nullable String variant,
        String strategy,
        List<Reason> reasons,
        double confidence,
        double propensity,
        int fallbackStep) {
      this(
          component,
          variant,
          strategy,
          reasons,
          confidence,
          propensity,
          fallbackStep,
          null,
          List.of());
    }
  }

  /**
   * How lots were drawn, so that what was learnt from it can be weighed rightly.
   *
   * @param of the experiment or bandit
   * @param epoch of the table drawn by; -1 where there was none
   * @param segments of the row drawn by, see {@link AllocationRow}
   * @param arms the variants that take part
   * @param allocation their shares before any was left out, in that order
   * @param eligible the arms that could be shown here
   */
  record Draw(
      String of,
      long epoch,
      List<String> segments,
      List<String> arms,
      List<Double> allocation,
      List<String> eligible)
      implements DecisioningMessage {
    public Draw {
      segments = List.copyOf(segments);
      arms = List.copyOf(arms);
      allocation = List.copyOf(allocation);
      eligible = List.copyOf(eligible);
    }
  }

  /**
   * One reason, in the order in which they came up.
   *
   * @param kind {@code rule}, {@code condition}, {@code segment}, {@code fallback}, {@code
   *     strategy}, {@code skipped}, {@code constraint}, {@code holdout}, {@code consent}, {@code
   *     error}
   * @param key of the rule, segment or variant meant
   * @param text in plain words
   */
  record Reason(String kind, String key, String text) implements DecisioningMessage {}

  /**
   * Visitors whose decisions may come out otherwise from here on: their segments changed, the
   * fields that definitions read, or what they consented to. Told once decisioning decides by it.
   *
   * @param visitors profiles, and keys of identifiers where consent changed
   */
  record VisitorsChanged(List<Id128> visitors) implements DecisioningMessage {
    public VisitorsChanged {
      visitors = List.copyOf(visitors);
    }
  }

  /** Asks an instance what its segment cache holds. */
  record GetCache() implements DecisioningMessage {}

  /**
   * What the segment cache of one instance holds.
   *
   * @param distinctSets of segments
   * @param bytes taken, field values left out
   * @param evicted visitors who had to leave memory since the start
   * @param fingerprint of all pairs of a visitor and a segment; those of several instances add up
   *     to that of the whole
   */
  record CacheState(long visitors, long distinctSets, long bytes, long evicted, long fingerprint)
      implements DecisioningMessage {}

  /** Asks how every bandit divides its visitors now. */
  record GetAllocations() implements DecisioningMessage {}

  /** How bandits divide their visitors; a table takes the place of the same bandit's last. */
  record Allocations(List<AllocationTable> tables) implements DecisioningMessage {
    public Allocations {
      tables = List.copyOf(tables);
    }
  }

  /**
   * How one bandit divides its visitors for an epoch.
   *
   * @param bandit the key of the component, or the strategy's own
   * @param epoch counts up; of two tables the one with the greater holds
   * @param arms variants
   * @param rows the first one that fits a visitor holds; the last fits everybody
   */
  record AllocationTable(String bandit, long epoch, List<String> arms, List<AllocationRow> rows)
      implements DecisioningMessage {
    public AllocationTable {
      arms = List.copyOf(arms);
      rows = List.copyOf(rows);
    }
  }

  /**
   * The shares of the arms among some visitors.
   *
   * @param segments it fits who is in all of them; everybody where it is empty
   * @param probabilities of each arm, after the floor; they add up to 1
   * @param best chance of each arm to be the best, before floor and limits
   */
  record AllocationRow(List<String> segments, List<Double> probabilities, List<Double> best)
      implements DecisioningMessage {
    public AllocationRow {
      segments = List.copyOf(segments);
      probabilities = List.copyOf(probabilities);
      best = List.copyOf(best);
    }
  }
}
