package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.Retried;
import io.marquetry.bus.DeadLetterMessage.RetryLetters;
import io.marquetry.bus.DeadLetterMessage.StoredLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.ingest.PgDeadLetters.Outcome;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.ingest.core.Screening;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes dead letters again, the way any event goes: parsed, held against what is defined now, asked
 * for consent, committed, applied.
 *
 * <p>A letter keeps the message id it came with, and one that brought none gets one of its own
 * number, so taking it twice counts it once, also where we stop between the commit and the note of
 * it. A letter that is turned down again stays, with the newer reason; none is written anew. One
 * run at a time, a hundred letters at once.
 */
final class Retries {
  private static final int PAGE = 100;

  private final PgDeadLetters letters;
  private final EventParser parser;
  private final Screening screening;
  private final MessageBodies bodies;
  private final GroupCommit commits;
  private final InstantSource clock;
  private boolean running;

  Retries(
      PgDeadLetters letters,
      EventParser parser,
      Screening screening,
      MessageBodies bodies,
      GroupCommit commits,
      InstantSource clock) {
    this.letters = letters;
    this.parser = parser;
    this.screening = screening;
    this.bodies = bodies;
    this.commits = commits;
    this.clock = clock;
  }

  /** A run under way. */
  private static final class Run {
    final RetryLetters asked;
    final Map<String, Long> outcomes = new LinkedHashMap<>();
    long after = -1;
    int tried;
    long kept;

    Run(RetryLetters asked) {
      this.asked = asked;
    }

    int room() {
      return asked.limit() - tried;
    }
  }

  /** Fails with CONFLICT while another run is under way. */
  Future<Retried> retry(RetryLetters asked) {
    if (running) {
      return Future.failedFuture(
          new Refused(Reason.CONFLICT, "dead letters are being taken again already"));
    }
    running = true;
    var run = new Run(asked);
    return page(run)
        .map(more -> new Retried(run.tried, run.outcomes, run.kept, more))
        .onComplete(done -> running = false);
  }

  /** Page after page; the result says whether there may be more. */
  private Future<Boolean> page(Run run) {
    int limit = Math.min(PAGE, run.room());
    if (limit <= 0) {
      return Future.succeededFuture(true);
    }
    return letters
        .next(run.asked, run.after, limit)
        .compose(
            page ->
                page.isEmpty()
                    ? Future.succeededFuture(false)
                    : take(run, page).compose(taken -> page(run)));
  }

  private Future<Void> take(Run run, List<StoredLetter> page) {
    var outcomes = new ArrayList<Future<@Nullable Outcome>>();
    for (var letter : page) {
      run.after = letter.id();
      outcomes.add(take(letter));
    }
    return Future.all(outcomes)
        .compose(
            all -> {
              var known = new ArrayList<Outcome>();
              for (var outcome : all.<@Nullable Outcome>list()) {
                if (outcome == null) {
                  run.kept++;
                } else {
                  known.add(outcome);
                }
              }
              run.tried += known.size();
              PgDeadLetters.count(run.outcomes, known);
              return letters.mark(known, clock.instant());
            });
  }

  /** Null where nothing is held that could be taken. */
  private Future<@Nullable Outcome> take(StoredLetter stored) {
    var letter = stored.letter();
    if (letter.origin().isEmpty() || letter.payload().isEmpty()) {
      return Future.succeededFuture(null);
    }
    try {
      var arrival = Json.readOwn(letter.origin());
      var call = Json.readObject(letter.payload().getBytes(StandardCharsets.UTF_8));
      return parse(stored, arrival, call);
    } catch (Json.Malformed e) {
      return turnedDown(stored, "malformed", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return turnedDown(stored, "damaged", "what was kept cannot be read");
    }
  }

  private static Future<@Nullable Outcome> turnedDown(
      StoredLetter letter, String reason, String detail) {
    return Future.succeededFuture(new Outcome(letter.id(), reason, detail));
  }

  private Future<@Nullable Outcome> parse(
      StoredLetter stored, Map<String, Object> arrival, Map<String, Object> call) {
    var letter = stored.letter();
    var type = EventType.of(arrival.get("type"));
    var known = arrival.get("messageId") instanceof String id ? id : "dead-letter-" + stored.id();
    var came = Arrival.fromJson(letter.site(), letter.at(), arrival);
    return switch (parser.parse(call, type, came, known)) {
      case EventParser.Outcome.Rejected(var reason, var detail, var unused) ->
          turnedDown(stored, reason, detail);
      case EventParser.Outcome.Parsed(var event) -> {
        var head = LogEntry.arrival(came, type, EventParser.bringsId(call) ? null : known);
        var body = letter.payload().getBytes(StandardCharsets.UTF_8);
        var entry = LogEntry.of(Json.write(head), body, 0, body.length);
        yield accept(stored, new Incoming(event, entry, false));
      }
    };
  }

  private Future<@Nullable Outcome> accept(StoredLetter stored, Incoming incoming) {
    var finding = screening.screen(incoming.event());
    if (finding != null && finding.turnsDown()) {
      return turnedDown(stored, finding.code(), finding.detail());
    }
    return bodies
        .isReused(incoming.event())
        .compose(
            reused ->
                reused
                    ? turnedDown(stored, MessageBodies.REASON, MessageBodies.DETAIL)
                    : commit(stored, incoming));
  }

  private Future<@Nullable Outcome> commit(StoredLetter stored, Incoming incoming) {
    return commits
        .accept(new Accept(List.of(incoming), List.of()))
        .map(
            accepted ->
                switch (accepted.verdicts().getFirst()) {
                  case STORED -> new Outcome(stored.id(), "stored", "");
                  case DUPLICATE -> new Outcome(stored.id(), "duplicate", "");
                  case AGGREGATED -> new Outcome(stored.id(), "counted", "");
                  case REJECTED -> new Outcome(stored.id(), "rejected", "");
                });
  }
}
