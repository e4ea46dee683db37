package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Fault;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Refused;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.EventLog.CountKey;
import io.marquetry.ingest.core.Admission;
import io.marquetry.ingest.core.ContentHash;
import io.marquetry.ingest.core.Screening;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Patience;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
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
  private static final String STAGE = "ingest";
  private static final String LATE_CONSENT =
      "it is not known at the moment what visitors consent to";
  private static final long STALLED_MILLIS = 1_000;
  private static final long GIVEN_UP_MILLIS = 5_000;

  /** From so many beacons in a commit it is worth the while to let the next gather. */
  private static final int BUSY = 2;

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
  private final ArrayDeque<Unit> waiting = new ArrayDeque<>();
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

  private record Unit(Accept accept, long bytes, Promise<Accepted> answer) {}

  /** A commit in the making. */
  private static final class Draft {
    final List<Unit> units = new ArrayList<>();
    final List<Incoming> events = new ArrayList<>();
    final Map<Id128, Long> messages = new HashMap<>();
    final Map<CountKey, Long> counts = new HashMap<>();
    final List<DeadLetter> deadLetters = new ArrayList<>();
    final List<Verdict> verdicts = new ArrayList<>();
    final List<Fault> faults = new ArrayList<>();

    int size() {
      return verdicts.size() + deadLetters.size();
    }
  }

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
    var unit = new Unit(accept, bytes, Promise.promise());
    waiting.add(unit);
    waitingBytes += bytes;
    if (begun < 0 && !resting) {
      flush();
    }
    return unit.answer().future();
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
    var batch = new Batch(draft.events, nextPosition, draft.counts, draft.deadLetters);
    nextPosition += draft.events.size();
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
        letters.add(
            Letters.of(batch.events().get(i), STAGE, MessageBodies.REASON, MessageBodies.DETAIL));
      }
    }
    count(letters);
    return commit(new Batch(List.of(), 0, Map.of(), letters));
  }

  private Draft draft() {
    var draft = new Draft();
    while (!waiting.isEmpty() && draft.size() < config.maxBatchEvents()) {
      var unit = waiting.remove();
      waitingBytes -= unit.bytes();
      if (admission.mustWait(unit.accept(), begun)) {
        tally.turnedAway++;
        unit.answer().fail(new Refused(Refused.Reason.UNAVAILABLE, LATE_CONSENT));
        continue;
      }
      draft.units.add(unit);
      unit.accept()
          .rejected()
          .forEach(letter -> draft.deadLetters.add(admission.keep(letter, begun)));
      unit.accept().events().forEach(incoming -> admit(draft, incoming));
    }
    return draft;
  }

  private void admit(Draft draft, Incoming incoming) {
    var verdict = admission.judge(incoming, begun);
    var event = incoming.event();
    if (verdict == Verdict.STORED) {
      verdict = screen(draft, incoming);
    }
    if (verdict == Verdict.STORED) {
      verdict = addMessage(draft, incoming);
    }
    draft.verdicts.add(verdict);
    switch (verdict) {
      case STORED -> draft.events.add(incoming);
      case AGGREGATED ->
          draft.counts.merge(
              CountKey.of(event.site(), Admission.countedAs(event), event.receivedAt()),
              1L,
              Long::sum);
      case DUPLICATE, REJECTED -> {}
    }
  }

  /** A message that comes twice at once counts once, too, and under its id only one may come. */
  private static Verdict addMessage(Draft draft, Incoming incoming) {
    long hash = ContentHash.of(incoming.event());
    var first = draft.messages.putIfAbsent(incoming.event().message(), hash);
    if (first == null) {
      return Verdict.STORED;
    }
    if (first == hash) {
      return Verdict.DUPLICATE;
    }
    draft.faults.add(reuse(draft.verdicts.size()));
    draft.deadLetters.add(Letters.of(incoming, STAGE, MessageBodies.REASON, MessageBodies.DETAIL));
    return Verdict.REJECTED;
  }

  private static Fault reuse(int index) {
    return new Fault(index, MessageBodies.REASON, MessageBodies.DETAIL);
  }

  /** Only of whom we may keep something it is kept what is wrong with their events. */
  private Verdict screen(Draft draft, Incoming incoming) {
    var finding = screening.screen(incoming.event());
    if (finding == null) {
      return Verdict.STORED;
    }
    draft.faults.add(new Fault(draft.verdicts.size(), finding.code(), finding.detail()));
    if (finding.turnsDown()) {
      draft.deadLetters.add(Letters.of(incoming, STAGE, finding.code(), finding.detail()));
      return Verdict.REJECTED;
    }
    return Verdict.STORED;
  }

  /** Answers once the events are applied; the next commit does not wait for that. */
  private Future<Void> finish(Draft draft, long firstPosition, Written written) {
    var logged = new ArrayList<Logged>(written.fresh().size());
    var verdicts = new ArrayList<Verdict>(draft.verdicts.size());
    int event = 0;
    for (var verdict : draft.verdicts) {
      if (verdict != Verdict.STORED) {
        verdicts.add(verdict);
        continue;
      }
      long position = firstPosition + event;
      if (written.reused().contains(position)) {
        draft.faults.add(reuse(verdicts.size()));
        verdicts.add(Verdict.REJECTED);
        event++;
        continue;
      }
      boolean isNew = written.fresh().contains(position);
      verdicts.add(isNew ? Verdict.STORED : Verdict.DUPLICATE);
      if (isNew) {
        logged.add(new Logged(position, draft.events.get(event).event()));
      }
      event++;
    }
    count(draft.deadLetters);
    countEach(verdicts);
    var applied = logged.isEmpty() ? Future.<Void>succeededFuture() : listener.committed(logged);
    long rest = draft.units.size() < BUSY ? 0 : config.paceMillis() - (ticks.millis() - begun);
    begun = -1;
    rest(rest);
    return applied.onComplete(done -> answer(draft.units, verdicts, draft.faults));
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

  private static void answer(List<Unit> units, List<Verdict> verdicts, List<Fault> faults) {
    int from = 0;
    for (var unit : units) {
      int to = from + unit.accept().events().size();
      unit.answer().complete(new Accepted(verdicts.subList(from, to), within(faults, from, to)));
      from = to;
    }
  }

  /** Those of one unit, counted from its first event. */
  private static List<Fault> within(List<Fault> faults, int from, int to) {
    return faults.stream()
        .filter(fault -> fault.index() >= from && fault.index() < to)
        .map(fault -> new Fault(fault.index() - from, fault.code(), fault.detail()))
        .toList();
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

  private void lose(Draft draft, Throwable cause) {
    open = false;
    begun = -1;
    var refusal = new Refused(Refused.Reason.UNAVAILABLE, "the event log did not take it");
    draft.units.forEach(unit -> unit.answer().fail(refusal));
    waiting.forEach(unit -> unit.answer().fail(refusal));
    tally.turnedAway += draft.units.size() + waiting.size();
    waiting.clear();
    waitingBytes = 0;
    listener.lost(this, cause);
  }
}
