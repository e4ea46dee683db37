package io.marquetry.replay;

import java.util.Map;

/**
 * One event of a log.
 *
 * @param at when it happened, milliseconds since the epoch; {@link #NO_TIME} where the log does not
 *     say
 * @param call in the form of the Segment tracking spec, without time and message id unless the log
 *     has its own
 */
record Recorded(long at, Map<String, Object> call) {
  static final long NO_TIME = Long.MIN_VALUE;

  boolean hasTime() {
    return at != NO_TIME;
  }
}
