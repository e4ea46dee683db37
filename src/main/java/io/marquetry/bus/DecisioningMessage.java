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
   * A decision as it is logged.
   *
   * @param profile null where nothing personal was used
   * @param signals the values the decision read, by dotted path, and the segments it found
   */
  record DecisionRecord(
      Id128 decision,
      long at,
      String site,
      Mode mode,
      @Nullable Id128 profile,
      String page,
      List<Choice> choices,
      Map<String, Object> signals,
      long consentVersion,
      String definitions,
      long micros)
      implements DecisioningMessage {
    public DecisionRecord {
      choices = List.copyOf(choices);
      signals = Collections.unmodifiableMap(new LinkedHashMap<>(signals));
    }

    /** Whether it went into a page that was assembled here, which shows it. */
    public boolean isAssembled() {
      return !page.isEmpty();
    }
  }

  /** Decisions as they were made, for live feeds and for measuring. */
  record DecisionsMade(List<DecisionRecord> decisions) implements DecisioningMessage {
    public DecisionsMade {
      decisions = List.copyOf(decisions);
    }
  }

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

  /** Asks the decision log; every filter may be null. Times in milliseconds since the epoch. */
  record QueryDecisions(
      @Nullable Id128 decision,
      @Nullable Id128 profile,
      @Nullable String component,
      @Nullable String variant,
      @Nullable String rule,
      @Nullable Long from,
      @Nullable Long to,
      int limit)
      implements DecisioningMessage {}

  /**
   * Asks to decide again what the log says was decided.
   *
   * @param byCurrent by the definitions and tables of now, not by those of then
   */
  record ReplayDecision(Id128 decision, boolean byCurrent) implements DecisioningMessage {}

  /**
   * A decision, and what comes of deciding it again.
   *
   * @param definitions content version of what decided now
   * @param choices as they were made now, one for each that is logged
   * @param identical whether they are the logged ones in every part
   * @param unknown what was asked now that the log does not know, since nothing asked it then
   * @param counterfactuals for each component, by the definitions of then
   */
  record Replayed(
      DecisionRecord logged,
      String definitions,
      List<Choice> choices,
      boolean identical,
      List<String> unknown,
      List<Counterfactual> counterfactuals)
      implements DecisioningMessage {
    public Replayed {
      choices = List.copyOf(choices);
      unknown = List.copyOf(unknown);
      counterfactuals = List.copyOf(counterfactuals);
    }
  }

  /**
   * What a component would have shown without some signals.
   *
   * @param signals paths of values and {@code segments.key}; none of them can be spared. Empty
   *     where the component shows the same to whomever
   * @param variant shown without them; null for the page's own markup
   */
  record Counterfactual(String component, List<String> signals, @Nullable String variant)
      implements DecisioningMessage {
    public Counterfactual {
      signals = List.copyOf(signals);
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

  /**
   * Logged decisions, newest first.
   *
   * @param exposed what of them others said they showed
   */
  record Decisions(List<DecisionRecord> decisions, List<Exposed> exposed)
      implements DecisioningMessage {
    public Decisions {
      decisions = List.copyOf(decisions);
      exposed = List.copyOf(exposed);
    }

    /** Without what others showed. */
    public Decisions(List<DecisionRecord> decisions) {
      this(decisions, List.of());
    }
  }

  /**
   * Components of a decision were really shown, by whoever asked for it. Pages that are assembled
   * here are shown as they are decided, and are not told of.
   *
   * @param at when, milliseconds since the epoch
   */
  record Exposed(String site, Id128 decision, List<String> components, long at)
      implements DecisioningMessage {
    public Exposed {
      components = List.copyOf(components);
    }
  }

  /**
   * A decision of which somebody said what they showed.
   *
   * @param components shown, each said for the first time
   * @param at when they said so, milliseconds since the epoch
   */
  record Reported(DecisionRecord decision, List<String> components, long at)
      implements DecisioningMessage {
    public Reported {
      components = List.copyOf(components);
    }

    /** Whether this is a choice of the decision that was shown. */
    public boolean holds(Choice choice) {
      return components.contains(choice.component());
    }
  }

  /** What others showed, found in the log, each exposure once. */
  record ExposuresReported(List<Reported> reported) implements DecisioningMessage {
    public ExposuresReported {
      reported = List.copyOf(reported);
    }
  }

  /** Has days of the decision log removed that lie behind the retention on record. */
  record RunRetention() implements DecisioningMessage {}

  /** The days that were removed, as {@code 2026-01-31}, oldest first. */
  record Removed(List<String> days) implements DecisioningMessage {
    public Removed {
      days = List.copyOf(days);
    }
  }

  /**
   * Asks which share of what was served was personalized.
   *
   * @param site null for all
   * @param from inclusive, milliseconds since the epoch
   * @param to exclusive
   */
  record GetCoverage(@Nullable String site, long from, long to) implements DecisioningMessage {}

  /**
   * How much of something was served, and how much of that showed a variant chosen for the visitor.
   *
   * @param key of a page, a component or a segment; empty for all of them
   */
  record Covered(String key, long served, long personalized) implements DecisioningMessage {}

  /**
   * Counted over slots, but for {@code pages}; every list has what was served most first.
   *
   * @param decisions that were counted
   * @param complete whether these are all of the time asked for; else the newest
   * @param pages those on which a slot at least was personalized
   * @param bySegment slots of visitors known to be in it when they were decided
   */
  record Coverage(
      long decisions,
      boolean complete,
      Covered pages,
      Covered slots,
      List<Covered> byPage,
      List<Covered> byComponent,
      List<Covered> bySegment)
      implements DecisioningMessage {
    public Coverage {
      byPage = List.copyOf(byPage);
      byComponent = List.copyOf(byComponent);
      bySegment = List.copyOf(bySegment);
    }
  }

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
