package io.marquetry.ingest.core;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.grant.ConsentView;
import java.util.List;

/**
 * Who gets into the log: events of visitors who allow it, and nobody else's.
 *
 * <p>Bots and prefetches are nobody's behaviour, and an event that brings its own refusal is
 * believed over whatever is on record. What does not get in is counted, by kind, with nothing of
 * the visitor.
 */
public final class Admission {
  /** What a bot's events are counted under. */
  static final String BOT = "bot";

  private final ConsentView consent;

  public Admission(ConsentView consent) {
    this.consent = consent;
  }

  /**
   * {@link Verdict#STORED} where it may be logged, else {@link Verdict#AGGREGATED}.
   *
   * @param monotonicMillis now, on the clock of the consent lease
   */
  public Verdict judge(Incoming incoming, long monotonicMillis) {
    var event = incoming.event();
    if (event.is(Orders.ORDER)) {
      return Verdict.STORED; // nobody's doing, and no more about anybody than two keys
    }
    if (!asks(event)) {
      return Verdict.AGGREGATED;
    }
    // The browser's opt-out signal speaks of marketing; whether an event may be kept, of analytics.
    return consent
        .grant(event.site(), Purpose.ANALYTICS, event.subject().keys(), false, monotonicMillis)
        .map(granted -> Verdict.STORED)
        .orElse(Verdict.AGGREGATED);
  }

  /**
   * Whether a beacon has to come again because word of consent is late: what it brings might be
   * allowed, and would only be counted now. Where nothing was ever heard of consent nobody waits.
   */
  public boolean mustWait(Accept accept, long monotonicMillis) {
    return consent.late(monotonicMillis)
        && (accept.events().stream().anyMatch(incoming -> asks(incoming.event()))
            || accept.rejected().stream().anyMatch(letter -> !letter.about().isEmpty()));
  }

  /** Whether it hangs on what is on record if an event may be logged. */
  private static boolean asks(Event event) {
    return !event.is("denied")
        && !event.is("nobody")
        && !event.is("bot")
        && !event.is(Orders.ORDER);
  }

  /**
   * A dead letter as it may be kept: what was sent goes unless its visitor is known to allow it.
   */
  public DeadLetter keep(DeadLetter letter, long monotonicMillis) {
    boolean allowed =
        !letter.about().isEmpty()
            && consent
                .grant(
                    letter.site(),
                    Purpose.ANALYTICS,
                    List.copyOf(letter.about()),
                    false,
                    monotonicMillis)
                .isPresent();
    return allowed ? letter : letter.withoutPayload();
  }

  /** Under which name an event that is only counted is counted. */
  public static String countedAs(Event event) {
    return event.is("bot") ? BOT : event.type().key();
  }
}
