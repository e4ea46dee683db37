package io.marquetry.bus;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What experimentation takes and answers. */
public sealed interface ExperimentationMessage extends BusMessage {

  /** Asks how a bandit stands; all of them with null. */
  record GetBandit(@Nullable String bandit) implements ExperimentationMessage {}

  /** Asks what a bandit published, newest first, each time with what it had learnt. */
  record GetBanditHistory(String bandit, int limit) implements ExperimentationMessage {}

  /**
   * Asks what another way of dividing visitors would have brought.
   *
   * @param policy {@code {"kind": "current"}}, {@code {"kind": "uniform"}} or {@code {"kind":
   *     "shares", "shares": {arm: weight}}}
   * @param from exposures not before this time, milliseconds since the epoch
   * @param to exposures before this time
   */
  record EvaluatePolicy(
      String bandit, Map<String, Object> policy, @Nullable Long from, @Nullable Long to)
      implements ExperimentationMessage {
    public EvaluatePolicy {
      policy = Collections.unmodifiableMap(new LinkedHashMap<>(policy));
    }
  }

  /** How many rows lay behind the retention on record and were removed. */
  record Purged(long exposures, long rewards, long epochs) implements ExperimentationMessage {}

  /** An answer in the shape in which the console gives it on. */
  record Report(Map<String, Object> body) implements ExperimentationMessage {
    public Report {
      body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }
  }
}
