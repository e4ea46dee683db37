package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Incoming;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The record of everything that happened, in one order, with one writer.
 *
 * <p>Whoever wants to write takes over first; from then on nothing an earlier writer has on its way
 * gets in. One append is under way at a time. A message counts once, however often it is appended
 * and whoever appends it. What was appended is read back in the order of its positions, also by
 * readers that remember no more than the last position they saw.
 *
 * <p>Used from the context that made it.
 */
interface EventLog {

  /** What status calls it. */
  String backend();

  /** Where it is, for people. */
  String place();

  /** Makes room for today and the days to come, and clears away; asked again every hour. */
  Future<Void> prepare(LocalDate today);

  /**
   * Makes this the one writer; the result is a position behind every one that was ever given out.
   * Whatever an earlier writer, or this one before, has on its way is in the log by then, or never
   * will be.
   */
  Future<Long> takeOver();

  /**
   * Makes a batch durable; the result holds the positions of those of its events that were new. A
   * failure may mean that it happened all the same, unless it is {@link Superseded}.
   */
  Future<Set<Long>> append(Batch batch);

  /** Reads on behind a position, in order; nothing means that there is no more. */
  Future<List<Entry>> read(long after, int limit);

  /** The anonymous counts of a site, by type. */
  Future<Map<String, Long>> counts(String site);

  /** Gives back what it holds. */
  Future<Void> close();

  /** An event as it is stored. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never changed
  record Entry(long position, long receivedAt, String site, byte[] payload) {}

  /** What is made durable together: new events, anonymous counts, dead letters. */
  record Batch(
      List<Incoming> events,
      long firstPosition,
      Map<CountKey, Long> counts,
      List<DeadLetter> deadLetters) {}

  /** What anonymous counts are kept by. */
  record CountKey(String site, Instant hour, String type) {
    static CountKey of(String site, String type, long at) {
      return new CountKey(site, Instant.ofEpochMilli(at).truncatedTo(ChronoUnit.HOURS), type);
    }
  }

  /** Another process has taken over; what was to be appended is not in the log. */
  final class Superseded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Superseded() {
      super("another writer took over the event log");
    }
  }
}
