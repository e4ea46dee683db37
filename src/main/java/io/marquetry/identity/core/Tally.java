package io.marquetry.identity.core;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What was joined and what was not, since the start.
 *
 * <p>Counted by one thread and read by others, who see figures a little old.
 */
public final class Tally {
  /** On what profiles are joined. */
  public static final List<String> EVIDENCE = List.of("identify", "cookie", "alias", "admin");

  private final long[] joined = new long[EVIDENCE.size()];
  private final Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);

  void joined(String evidence) {
    joined[EVIDENCE.indexOf(evidence)]++;
  }

  void refused(Refusal refusal) {
    refused.merge(refusal, 1L, Long::sum);
  }

  /** How many profiles were joined on this evidence. */
  public long joins(String evidence) {
    return joined[EVIDENCE.indexOf(evidence)];
  }

  /** How many were not, for this reason. */
  public long refusals(Refusal refusal) {
    return refused.getOrDefault(refusal, 0L);
  }
}
