package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Refused;
import io.marquetry.ingest.CommitDraft.Pending;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.core.Admission;
import io.marquetry.ingest.core.Screening;
import io.marquetry.platform.Patience;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers beacons into commits.
 *
 * <p>While one commit is under way the next gathers: with one beacon at a time it goes out at once,
 * and under load a commit carries what arrived during the last and until its pace is over, since
 * most of what a commit costs, here and in everything that follows, it costs whatever it carries.
 * Consent is asked when a commit is made up, so that nothing is written under a consent that has
 * changed while it waited. When the log fails or stalls, whoever waits is told so and new beacons
 * are turned away at once, until it answers again.
 */
final class GroupCommit {
  private static final String LATE_CONSENT =
      "it is not known at the moment what visitors consent to";
  private static final long STALLED_MILLIS = 1_000;
  private static final long GIVEN_UP_MILLIS = 5_000;

  /** What a beacon and each event of it cost in memory besides their bytes. */
  private static final long OVERHEAD_BYTES = 1_024;

  private final Vertx vertx;
  private final Ticks ticks;
  private final EventLog log;
  private final Admission admission;
  private final Screening screening;
  private final MessageBodies bodies;
  private final IngestConfig config;
  private final Listener listener;
  private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
  private final Tally tally = new Tally();
  private long waitingBytes;
  private long nextPosition;
  private boolean open;
  private long begun = -1;
  private boolean resting;
  private final LetterFigures figures = new LetterFigures();
  private Future<?> inFlight = Future.succeededFuture();

  /** Who is told of commits. */
  interface Listener {
    /** New events are durable; completes when they are applied. Never fails. */
    Future<Void> committed(List<Logged> events);

    /** The log failed; it is unknown whether the last commit happened. */
    void lost(GroupCommit commits, Throwable cause);
  }

  /** Running totals, for status. */
  static final class Tally {
    long stored;
    long duplicates;
    long aggregated;
    long deadLetters;
    long turnedAway;
  }

  /** Positions of what was new, and of what came under an id that another event has. */
  private record Written(Set<Long> fresh, Set<Long> reused) {}

  GroupCommit(
      Vertx vertx,
      Ticks ticks,
      EventLog log,
      Admission admission,
      Screening screening,
      MessageBodies bodies,
      IngestConfig config,
      Listener listener) {
    this.vertx = vertx;
    this.ticks = ticks;
    this.log = log;
    this.admission = admission;
    this.screening = screening;
    this.bodies = bodies;
    this.config = config;
    this.listener = listener;
  }

  Tally tally() {
    return tally;
  }

  /** Takes beacons from here on; {@code position} is the newest ever given out. */
  void open(long position) {
    nextPosition = Math.max(nextPosition, position + 1);
    open = true;
    flush();
  }

  /** Completes when the commit that is under way now is through. */
  Future<Void> settled() {
    return inFlight.transform(done -> Future.succeededFuture());
  }

  /** Completes when nothing waits any more; to be asked once no more comes in. */
  Future<Void> drained() {
    return settled()
        .compose(
            done -> {
              if (waiting.isEmpty() && begun < 0) {
                return Future.succeededFuture();
              }
              flush();
              return drained();
            });
  }

  /**
   * Makes a beacon durable and applied.
   *
   * <p>Fails with OVERLOADED where too much waits, UNAVAILABLE where the log does not take it or
   * word of consent is late.
   */
  Future<Accepted> accept(Accept accept) {
    long bytes = size(accept);
    if (!open || stalled()) {
      tally.turnedAway++;
      return refused(Refused.Reason.UNAVAILABLE, "the event log does not answer");
    }
    if (waitingBytes + bytes > config.maxPendingBytes()) {
      tally.turnedAway++;
      return refused(Refused.Reason.OVERLOADED, "too many events are waiting to be stored");
    }
    var pending = new Pending(accept, bytes, Promise.promise());
    waiting.add(pending);
    waitingBytes += bytes;
    if (begun < 0 && !resting) {
      flush();
    }
    return pending.answer().future();
  }

  private static long size(Accept accept) {
    long bytes = OVERHEAD_BYTES * (1 + accept.events().size() + accept.rejected().size());
    for (var event : accept.events()) {
      bytes += event.payload().length;
    }
    for (var letter : accept.rejected()) {
      bytes += letter.payload().length();
    }
    return bytes;
  }

  private static <T> Future<T> refused(Refused.Reason reason, String text) {
    return Future.failedFuture(new Refused(reason, text));
  }

  private boolean stalled() {
    return begun >= 0 && ticks.millis() - begun > STALLED_MILLIS;
  }

  private void flush() {
    if (begun >= 0 || waiting.isEmpty() || !open) {
      return;
    }
    begun = ticks.millis();
    var draft = draft();
    var batch = draft.batch(nextPosition);
    nextPosition += batch.events().size();
    inFlight =
        commit(batch)
            .compose(fresh -> reused(batch, fresh))
            .compose(written -> finish(draft, batch.firstPosition(), written))
            .onFailure(cause -> lose(draft, cause));
  }

  private Future<Set<Long>> commit(Batch batch) {
    if (batch.events().isEmpty() && batch.counts().isEmpty() && batch.deadLetters().isEmpty()) {
      return Future.succeededFuture(Set.of());
    }
    return Patience.limit(vertx, log.append(batch), GIVEN_UP_MILLIS);
  }

  /** Other messages under ids that are known go apart, before anybody hears of them. */
  private Future<Written> reused(Batch batch, Set<Long> fresh) {
    if (fresh.size() == batch.events().size()) {
      return Future.succeededFuture(new Written(fresh, Set.of()));
    }
    return Patience.limit(vertx, bodies.reused(batch, fresh), GIVEN_UP_MILLIS)
        .compose(reused -> bury(batch, reused).map(new Written(fresh, reused)));
  }

  private Future<?> bury(Batch batch, Set<Long> positions) {
    if (positions.isEmpty()) {
      return Future.succeededFuture();
    }
    var letters = new ArrayList<DeadLetter>(positions.size());
    for (int i = 0; i < batch.events().size(); i++) {
      if (positions.contains(batch.firstPosition() + i)) {
        letters.add(CommitDraft.reused(batch.events().get(i)));
      }
    }
    count(letters);
    return commit(new Batch(List.of(), 0, Map.of(), letters));
  }

  private CommitDraft draft() {
    var draft = new CommitDraft(admission, screening, begun);
    while (!waiting.isEmpty() && draft.size() < config.maxBatchEvents()) {
      var pending = waiting.remove();
      waitingBytes -= pending.bytes();
      if (admission.mustWait(pending.accept(), begun)) {
        tally.turnedAway++;
        pending.answer().fail(new Refused(Refused.Reason.UNAVAILABLE, LATE_CONSENT));
        continue;
      }
      draft.add(pending);
    }
    return draft;
  }

  /** Answers once the events are applied; the next commit does not wait for that. */
  private Future<Void> finish(CommitDraft draft, long firstPosition, Written written) {
    var outcome = draft.settle(firstPosition, written.fresh(), written.reused());
    count(draft.deadLetters());
    countEach(outcome.verdicts());
    var applied =
        outcome.logged().isEmpty()
            ? Future.<Void>succeededFuture()
            : listener.committed(outcome.logged());
    boolean busy = draft.beacons().size() > 1;
    long rest = busy ? config.paceMillis() - (ticks.millis() - begun) : 0;
    begun = -1;
    rest(rest);
    return applied.onComplete(done -> outcome.answer(draft.beacons()));
  }

  /** At the earliest on the next turn, so that what has arrived meanwhile goes out together. */
  private void rest(long millis) {
    resting = true;
    Runnable next =
        () -> {
          resting = false;
          flush();
        };
    if (millis > 0) {
      vertx.setTimer(millis, timer -> next.run());
    } else {
      vertx.runOnContext(turn -> next.run());
    }
  }

  private void count(List<DeadLetter> buried) {
    tally.deadLetters += buried.size();
    figures.count(buried);
  }

  private void countEach(List<Verdict> verdicts) {
    for (var verdict : verdicts) {
      switch (verdict) {
        case STORED -> tally.stored++;
        case DUPLICATE -> tally.duplicates++;
        case AGGREGATED -> tally.aggregated++;
        case REJECTED -> {} // counted with the letters
      }
    }
  }

  private void lose(CommitDraft draft, Throwable cause) {
    open = false;
    begun = -1;
    var refusal = new Refused(Refused.Reason.UNAVAILABLE, "the event log did not take it");
    draft.beacons().forEach(beacon -> beacon.answer().fail(refusal));
    waiting.forEach(beacon -> beacon.answer().fail(refusal));
    tally.turnedAway += draft.beacons().size() + waiting.size();
    waiting.clear();
    waitingBytes = 0;
    listener.lost(this, cause);
  }
}
