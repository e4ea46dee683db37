package io.marquetry.ingest;

import io.marquetry.ingest.EventLog.Entry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads a log backwards that can only be read on.
 *
 * <p>Positions have gaps, some of them wide. So the newest entry before a position is sought first,
 * by ever longer strides and then by halving, and what stands in the stretch that ends with it is
 * read on and turned round.
 */
final class Backwards {
  /** Behind every position, with room to count. */
  private static final long END = Long.MAX_VALUE / 2;

  private final EventLog log;

  Backwards(EventLog log) {
    this.log = log;
  }

  /** The newest entries before a position, newest first; nothing means that there is no more. */
  Future<List<Entry>> read(long before, int limit) {
    return newest(Math.min(before, END), limit)
        .compose(newest -> newest < 0 ? Future.succeededFuture(List.of()) : stretch(newest, limit));
  }

  /** The stretch that ends with a position, in which there are at most as many entries. */
  private Future<List<Entry>> stretch(long last, int limit) {
    return log.read(Math.max(-1, last - limit), limit)
        .map(
            entries -> {
              var found = new ArrayList<Entry>(entries);
              found.removeIf(entry -> entry.position() > last);
              Collections.reverse(found);
              return found;
            });
  }

  /** The position of the newest entry before another position; -1 where there is none. */
  private Future<Long> newest(long before, long stride) {
    long from = Math.max(-1, before - 1 - stride);
    return hasEntry(from, before)
        .compose(
            has -> {
              if (has) {
                return narrow(from, before);
              }
              return from < 0 ? Future.succeededFuture(-1L) : newest(from + 1, stride * 2);
            });
  }

  /** There is an entry behind {@code low} and before {@code high}: which is the newest? */
  private Future<Long> narrow(long low, long high) {
    if (high - low <= 2) {
      return Future.succeededFuture(low + 1);
    }
    long middle = low + (high - low + 1) / 2;
    return hasEntry(middle - 1, high)
        .compose(has -> has ? narrow(middle - 1, high) : narrow(low, middle));
  }

  private Future<Boolean> hasEntry(long after, long before) {
    return log.read(after, 1)
        .map(entries -> !entries.isEmpty() && entries.getFirst().position() < before);
  }
}
