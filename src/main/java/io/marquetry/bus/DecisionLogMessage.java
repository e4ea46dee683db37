package io.marquetry.bus;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.kit.Id128;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the log of decisions is told, asked and answers. */
public sealed interface DecisionLogMessage extends BusMessage {
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
      implements DecisionLogMessage {
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
  record DecisionsMade(List<DecisionRecord> decisions) implements DecisionLogMessage {
    public DecisionsMade {
      decisions = List.copyOf(decisions);
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
      implements DecisionLogMessage {}

  /**
   * Asks to decide again what the log says was decided.
   *
   * @param byCurrent by the definitions and tables of now, not by those of then
   */
  record ReplayDecision(Id128 decision, boolean byCurrent) implements DecisionLogMessage {}

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
      implements DecisionLogMessage {
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
      implements DecisionLogMessage {
    public Counterfactual {
      signals = List.copyOf(signals);
    }
  }

  /**
   * Logged decisions, newest first.
   *
   * @param exposed what of them others said they showed
   */
  record Decisions(List<DecisionRecord> decisions, List<Exposed> exposed)
      implements DecisionLogMessage {
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
      implements DecisionLogMessage {
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
      implements DecisionLogMessage {
    public Reported {
      components = List.copyOf(components);
    }

    /** Whether this is a choice of the decision that was shown. */
    public boolean holds(Choice choice) {
      return components.contains(choice.component());
    }
  }

  /** What others showed, found in the log, each exposure once. */
  record ExposuresReported(List<Reported> reported) implements DecisionLogMessage {
    public ExposuresReported {
      reported = List.copyOf(reported);
    }
  }

  /** Has days of the decision log removed that lie behind the retention on record. */
  record RunRetention() implements DecisionLogMessage {}

  /** The days that were removed, as {@code 2026-01-31}, oldest first. */
  record Removed(List<String> days) implements DecisionLogMessage {
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
  record GetCoverage(@Nullable String site, long from, long to) implements DecisionLogMessage {}

  /**
   * How much of something was served, and how much of that showed a variant chosen for the visitor.
   *
   * @param key of a page, a component or a segment; empty for all of them
   */
  record Covered(String key, long served, long personalized) implements DecisionLogMessage {}

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
      implements DecisionLogMessage {
    public Coverage {
      byPage = List.copyOf(byPage);
      byComponent = List.copyOf(byComponent);
      bySegment = List.copyOf(bySegment);
    }
  }
}
