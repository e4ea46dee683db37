package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Stored;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Poisoned;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.EventLog.Entry;
import io.marquetry.ingest.EventLog.Superseded;
import io.marquetry.ingest.core.Enriching;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.kit.Ids;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.platform.Patience;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log: every event that is in it gets applied, in order, whatever happened on the way.
 *
 * <p>In normal running events come straight from the commit. At start, after the log was lost,
 * after whoever applies them did not answer, and where more wait than should be held in memory,
 * this is <em>behind</em>: events are read from the log after the last one applied, until the
 * newest committed is among them.
 */
final class Follower implements GroupCommit.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final int PAGE = 1_000;
  private static final long RETRY_MILLIS = 250;
  private static final long PATIENCE_MILLIS = 1_000;

  /** Most committed events that are held while earlier ones are applied. */
  static final int MAX_QUEUED = 10_000;

  private final Vertx vertx;
  private final Bus bus;
  private final EventLog log;
  private final LetterFigures figures = new LetterFigures();
  private final Delivery delivery;
  private final EventParser parser;
  private final Enriching enriching;
  private final ComponentContext component;
  private final boolean followed;
  private final ArrayDeque<Commit> unapplied = new ArrayDeque<>();
  private Future<Void> delivering = Future.succeededFuture();
  private boolean applying;
  private @Nullable Future<Void> reading;
  private int queued;
  private long applied;
  private long newest;
  private boolean behind = true;
  private boolean stopped;
  private String closed = "";
  private String told = "";

  /** Events of one commit that wait to be applied. */
  private record Commit(List<Logged> events, Promise<Void> through) {}

  Follower(
      Vertx vertx,
      Bus bus,
      EventLog log,
      Delivery delivery,
      ComponentContext component,
      Enriching enriching) {
    this.vertx = vertx;
    this.bus = bus;
    this.log = log;
    this.delivery = delivery;
    this.component = component;
    this.enriching = enriching;
    var topology = component.topology();
    followed = topology.runs("identity") && topology.runs("segmentation");
    parser = new EventParser(new Ids(component.secrets().ids()));
  }

  /** The newest position applied. */
  long applied() {
    return applied;
  }

  /** The newest position known to be stored; one given to a commit that failed is none. */
  long newest() {
    return newest;
  }

  String state() {
    if (!closed.isEmpty()) {
      return "closed: " + closed;
    }
    if (!followed) {
      return "degraded: events are stored but nobody applies them here";
    }
    return behind ? "loading" : "ready";
  }

  /** Completes when what was committed until now is applied, or left to be read again. */
  Future<Void> settled() {
    return delivering.transform(done -> Future.succeededFuture());
  }

  Future<Void> stop() {
    stopped = true;
    return settled();
  }

  /**
   * Applies what the log holds behind a position, then opens for commits.
   *
   * @param checkpoint up to here everybody has stored what the events did
   */
  Future<Void> start(GroupCommit commits, long checkpoint) {
    applied = checkpoint;
    return log.takeOver()
        .compose(
            begin -> {
              newest = begin;
              closed = "";
              told = "";
              return read().recover(this::applyLater).onSuccess(done -> commits.open(begin));
            });
  }

  /** Whoever applies events may be away or not be let to; that is no reason not to take more. */
  private Future<Void> applyLater(Throwable cause) {
    if (!(cause instanceof Refused)) {
      return Future.failedFuture(cause);
    }
    LOG.warn("events in the log wait to be applied: {}", cause.toString());
    retry();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> committed(List<Logged> stored) {
    var events =
        stored.stream()
            .map(one -> new Logged(one.position(), enriching.enrich(one.event())))
            .toList();
    newest = events.getLast().position();
    bus.publish(Addresses.STORED, new Stored(events));
    if (!followed || behind) {
      return Future.succeededFuture();
    }
    if (queued > 0 && queued + events.size() > MAX_QUEUED) {
      return fallBehind(new IllegalStateException(queued + " events wait already"));
    }
    queued += events.size();
    var commit = new Commit(events, Promise.promise());
    unapplied.add(commit);
    delivering = commit.through().future();
    if (!applying) {
      applyNext();
    }
    return patiently(commit.through().future());
  }

  /** Applies what was committed while the last was applied, together. */
  private void applyNext() {
    var together = new ArrayList<Commit>();
    var events = new ArrayList<Logged>();
    do {
      var commit = unapplied.remove();
      together.add(commit);
      events.addAll(commit.events());
    } while (!unapplied.isEmpty() && events.size() + unapplied.element().events().size() <= PAGE);
    applying = true;
    (behind ? Future.<Void>succeededFuture() : apply(events))
        .recover(this::fallBehind)
        .onComplete(
            done -> {
              queued -= events.size();
              applying = false;
              if (!unapplied.isEmpty()) {
                applyNext();
              }
              together.forEach(commit -> commit.through().complete());
            });
  }

  /** The events are durable: an answer that waits too long for their effect is given without. */
  private Future<Void> patiently(Future<Void> work) {
    return Patience.limit(vertx, work, PATIENCE_MILLIS).otherwiseEmpty();
  }

  @Override
  public void lost(GroupCommit commits, Throwable cause) {
    behind = true;
    if (cause instanceof Superseded) {
      // Two that take over from each other in turn would serve nobody; the newcomer has it.
      stopped = true;
      closed = "another process has taken over the event log; this one has to be started again";
      LOG.error("{}", closed);
      return;
    }
    closed = "the event log " + log.place() + " does not answer";
    LOG.error("{}, beacons are turned away: {}", closed, cause.toString());
    probe(commits);
  }

  /**
   * The last commit may have happened without our hearing of it, so the log is read before it
   * opens.
   */
  private void probe(GroupCommit commits) {
    later(
        () ->
            settled()
                .compose(done -> start(commits, applied))
                .onSuccess(done -> LOG.info("the event log answers again"))
                .onFailure(cause -> probeAgain(commits, cause)));
  }

  /** Asked four times a second, so only what is new is said. */
  private void probeAgain(GroupCommit commits, Throwable cause) {
    if (!cause.toString().equals(told)) {
      told = cause.toString();
      LOG.warn("the event log cannot be taken over yet: {}", told);
    }
    probe(commits);
  }

  private Future<Void> fallBehind(Throwable cause) {
    if (!behind) {
      LOG.warn("events in the log wait to be applied: {}", cause.toString());
      behind = true;
      retry();
    }
    return Future.succeededFuture();
  }

  private void retry() {
    later(() -> settled().compose(done -> read()).onFailure(cause -> retry()));
  }

  private void later(Runnable work) {
    vertx.setTimer(
        RETRY_MILLIS,
        timer -> {
          if (!stopped) {
            work.run();
          }
        });
  }

  /** Applies page after page until the newest committed event is through; once at a time. */
  private Future<Void> read() {
    if (!followed) {
      behind = false;
      return Future.succeededFuture();
    }
    var under = reading;
    if (under != null && !under.isComplete()) {
      return under;
    }
    var through = Promise.<Void>promise();
    reading = through.future();
    readOn(through);
    return through.future();
  }

  /** Page by page without nesting futures, since the log may be long. */
  private void readOn(Promise<Void> through) {
    long sought = newest;
    log.read(applied, PAGE)
        .compose(entries -> applyPage(entries).map(entries.isEmpty()))
        .onFailure(through::fail)
        .onSuccess(
            atEnd -> {
              // Something may have been committed after the query looked.
              if (!atEnd || newest > sought) {
                readOn(through);
                return;
              }
              applied = Math.max(applied, sought);
              behind = false;
              through.complete();
            });
  }

  private Future<Void> applyPage(List<Entry> entries) {
    if (entries.isEmpty()) {
      return Future.succeededFuture();
    }
    var events = parse(entries);
    var work = events.isEmpty() ? Future.<Void>succeededFuture() : apply(events);
    delivering = work.otherwiseEmpty();
    return work.onSuccess(done -> applied = entries.getLast().position());
  }

  /** What cannot be read as an event, for damage or a stricter reader, must not stop the others. */
  List<Logged> parse(List<Entry> entries) {
    var events = new ArrayList<Logged>(entries.size());
    for (var entry : entries) {
      try {
        var json = Json.readOwn(entry.payload());
        switch (LogEntry.parse(parser, entry.site(), entry.receivedAt(), json)) {
          case Outcome.Parsed parsed ->
              events.add(new Logged(entry.position(), enriching.enrich(parsed.event())));
          case Outcome.Rejected rejected ->
              LOG.error("passed over log position {}: {}", entry.position(), rejected.reason());
        }
      } catch (RuntimeException e) {
        LOG.error("passed over log position {}: {}", entry.position(), e.toString());
      }
    }
    return events;
  }

  private Future<Void> apply(List<Logged> events) {
    return delivery
        .deliver(events)
        .compose(poisoned -> bury(events, poisoned))
        .onSuccess(done -> applied = events.getLast().position());
  }

  /** Events that could not be applied go apart; their neighbours were applied. */
  private Future<Void> bury(List<Logged> events, List<Poisoned> poisoned) {
    if (poisoned.isEmpty()) {
      return Future.succeededFuture();
    }
    var letters = new ArrayList<DeadLetter>();
    for (var poison : poisoned) {
      for (var logged : events) {
        if (logged.position() == poison.position()) {
          letters.add(letter(logged.event(), poison));
        }
      }
    }
    return log.append(new Batch(List.of(), 0, Map.of(), letters))
        .onSuccess(kept -> figures.count(letters))
        .mapEmpty();
  }

  private DeadLetter letter(Event event, Poisoned poison) {
    return new DeadLetter(
        event.site(),
        "segmentation",
        "poisoned",
        poison.detail() + " (log position " + poison.position() + ")",
        event.messageId(),
        component.clock().millis(),
        List.of(),
        "");
  }
}
