package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Fault;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.EventLog.CountKey;
import io.marquetry.ingest.core.Admission;
import io.marquetry.ingest.core.ContentHash;
import io.marquetry.ingest.core.Screening;
import io.marquetry.kit.Id128;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A commit in the making: what becomes of every event of the beacons that it answers. */
final class CommitDraft {
  private static final String STAGE = "ingest";

  private final Admission admission;
  private final Screening screening;
  private final long at;
  private final List<Pending> beacons = new ArrayList<>();
  private final List<Incoming> events = new ArrayList<>();
  private final Map<Id128, Long> messages = new HashMap<>();
  private final Map<CountKey, Long> counts = new HashMap<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();

  /** A beacon that waits for its answer, and how much memory it takes. */
  record Pending(Accept accept, long bytes, Promise<Accepted> answer) {}

  /**
   * What the log made of it.
   *
   * @param logged the events that are new
   * @param verdicts on every event, beacon after beacon
   * @param faults by their place among the verdicts
   */
  record Outcome(List<Logged> logged, List<Verdict> verdicts, List<Fault> faults) {
    void answer(List<Pending> beacons) {
      int from = 0;
      for (var beacon : beacons) {
        int to = from + beacon.accept().events().size();
        beacon.answer().complete(new Accepted(verdicts.subList(from, to), within(from, to)));
        from = to;
      }
    }

    /** Those of one beacon, counted from its first event. */
    private List<Fault> within(int from, int to) {
      if (faults.isEmpty()) {
        return List.of();
      }
      return faults.stream()
          .filter(fault -> fault.index() >= from && fault.index() < to)
          .map(fault -> new Fault(fault.index() - from, fault.code(), fault.detail()))
          .toList();
    }
  }

  /**
   * @param at when it is made up, as ticks count: what visitors allow then is what counts
   */
  CommitDraft(Admission admission, Screening screening, long at) {
    this.admission = admission;
    this.screening = screening;
    this.at = at;
  }

  List<Pending> beacons() {
    return beacons;
  }

  List<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** How much is in it: events, and what is wrong with some. */
  int size() {
    return verdicts.size() + deadLetters.size();
  }

  Batch batch(long firstPosition) {
    return new Batch(events, firstPosition, counts, deadLetters);
  }

  void add(Pending beacon) {
    beacons.add(beacon);
    beacon.accept().rejected().forEach(letter -> deadLetters.add(admission.keep(letter, at)));
    beacon.accept().events().forEach(this::admit);
  }

  private void admit(Incoming incoming) {
    var verdict = admission.judge(incoming, at);
    var event = incoming.event();
    if (verdict == Verdict.STORED) {
      verdict = screen(incoming);
    }
    if (verdict == Verdict.STORED) {
      verdict = addMessage(incoming);
    }
    verdicts.add(verdict);
    switch (verdict) {
      case STORED -> events.add(incoming);
      case AGGREGATED ->
          counts.merge(
              CountKey.of(event.site(), Admission.countedAs(event), event.receivedAt()),
              1L,
              Long::sum);
      case DUPLICATE, REJECTED -> {}
    }
  }

  /** A message that comes twice at once counts once, too, and under its id only one may come. */
  private Verdict addMessage(Incoming incoming) {
    long hash = ContentHash.of(incoming.event());
    var first = messages.putIfAbsent(incoming.event().message(), hash);
    if (first == null) {
      return Verdict.STORED;
    }
    if (first == hash) {
      return Verdict.DUPLICATE;
    }
    faults.add(reuse(verdicts.size()));
    deadLetters.add(reused(incoming));
    return Verdict.REJECTED;
  }

  /** What came under the id of another event. */
  static DeadLetter reused(Incoming incoming) {
    return Letters.of(incoming, STAGE, MessageBodies.REASON, MessageBodies.DETAIL);
  }

  private static Fault reuse(int index) {
    return new Fault(index, MessageBodies.REASON, MessageBodies.DETAIL);
  }

  /** Only of whom we may keep something it is kept what is wrong with their events. */
  private Verdict screen(Incoming incoming) {
    var finding = screening.screen(incoming.event());
    if (finding == null) {
      return Verdict.STORED;
    }
    faults.add(new Fault(verdicts.size(), finding.code(), finding.detail()));
    if (finding.turnsDown()) {
      deadLetters.add(Letters.of(incoming, STAGE, finding.code(), finding.detail()));
      return Verdict.REJECTED;
    }
    return Verdict.STORED;
  }

  /**
   * What became of it, now that the log has it.
   *
   * @param fresh positions of what was new to the log
   * @param reused positions of what came under an id that another event has
   */
  Outcome settle(long firstPosition, Set<Long> fresh, Set<Long> reused) {
    var logged = new ArrayList<Logged>(fresh.size());
    var settled = new ArrayList<Verdict>(verdicts.size());
    int event = 0;
    for (var verdict : verdicts) {
      if (verdict != Verdict.STORED) {
        settled.add(verdict);
        continue;
      }
      long position = firstPosition + event;
      if (reused.contains(position)) {
        faults.add(reuse(settled.size()));
        settled.add(Verdict.REJECTED);
      } else if (fresh.contains(position)) {
        settled.add(Verdict.STORED);
        logged.add(new Logged(position, events.get(event).event()));
      } else {
        settled.add(Verdict.DUPLICATE);
      }
      event++;
    }
    return new Outcome(logged, settled, faults);
  }
}
