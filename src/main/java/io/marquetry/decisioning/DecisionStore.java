package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/** Where the decision log goes. */
interface DecisionStore {

  /** Makes room for today and the days to come. */
  Future<Void> prepareDays(LocalDate today);

  /** Stores decisions; one that is stored already is passed over. */
  Future<Void> append(List<DecisionRecord> decisions);

  /** Decisions by what is asked, newest first. */
  Future<List<DecisionRecord>> query(QueryDecisions asked);

  /** Those of these decisions that are stored. */
  Future<List<DecisionRecord>> find(List<Id128> decisions);

  /**
   * A variant that a visitor was shown.
   *
   * @param variant as {@code component/variant}
   * @param at milliseconds since the epoch
   */
  record Shown(Id128 profile, String variant, long at) {}

  /**
   * When known visitors were shown some variants, the oldest first; where that is very often, the
   * newest of it.
   *
   * @param reported components that a caller showed only where they said so
   * @param from exclusive, milliseconds since the epoch
   * @param to inclusive
   */
  Future<List<Shown>> shown(List<String> variants, Set<String> reported, long from, long to);

  /** Notes what was shown of a decision. */
  Future<Void> expose(Exposed exposed);

  /** What was shown of decisions, each component with the first time. */
  Future<List<Exposed>> exposed(List<Id128> decisions);

  /** Which share of what was served was personalized. */
  Future<Coverage> coverage(GetCoverage asked);

  /** Removes days before the first that is kept; says which, as {@code 2026-01-31}. */
  Future<List<String>> removeBefore(LocalDate firstKept);

  Future<Void> close();
}
