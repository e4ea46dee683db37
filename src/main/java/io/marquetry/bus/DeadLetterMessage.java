package io.marquetry.bus;

import io.marquetry.kit.Id128;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of events that were turned down, and taking them again. */
public sealed interface DeadLetterMessage extends BusMessage {
  /**
   * Something sent in that cannot be an event.
   *
   * @param stage where it was turned down
   * @param reason a short code, from a bounded set
   * @param detail for people
   * @param about keys of the visitor it is about, as far as they can be told; whether the payload
   *     may be kept is asked under them
   * @param payload what was sent, cut to a bounded length; empty where nothing may be kept
   * @param origin how it came in, as JSON, so that it can be taken again; empty where it cannot
   */
  record DeadLetter(
      String site,
      String stage,
      String reason,
      String detail,
      String messageId,
      long at,
      List<Id128> about,
      String payload,
      String origin)
      implements DeadLetterMessage {
    public DeadLetter {
      about = List.copyOf(about);
    }

    /** One that cannot be taken again. */
    public DeadLetter(
        String site,
        String stage,
        String reason,
        String detail,
        String messageId,
        long at,
        List<Id128> about,
        String payload) {
      this(site, stage, reason, detail, messageId, at, about, payload, "");
    }

    /** The same without what was sent. */
    public DeadLetter withoutPayload() {
      return new DeadLetter(site, stage, reason, detail, messageId, at, List.of(), "");
    }
  }

  /**
   * Asks for dead letters; every filter but the limit may be null.
   *
   * @param from not before this time, milliseconds since the epoch
   * @param to before this time
   * @param open whether they still wait for being taken, or no longer do
   * @param before only letters older than this one, to page on
   */
  record GetDeadLetters(
      @Nullable String site,
      @Nullable String stage,
      @Nullable String reason,
      @Nullable String messageId,
      @Nullable Long from,
      @Nullable Long to,
      @Nullable Boolean open,
      @Nullable Long before,
      int limit)
      implements DeadLetterMessage {
    /** The newest of a site, or of all with null. */
    public GetDeadLetters(@Nullable String site, int limit) {
      this(site, null, null, null, null, null, null, null, limit);
    }
  }

  /**
   * A dead letter as it is kept.
   *
   * @param attempts how often it was tried to take it again
   * @param outcome of the last attempt: {@code stored}, {@code duplicate}, {@code counted}, or why
   *     it was turned down again; empty before the first
   */
  record StoredLetter(
      long id, DeadLetter letter, int attempts, @Nullable Long retriedAt, String outcome)
      implements DeadLetterMessage {}

  /**
   * How many letters there are of a kind.
   *
   * @param open how many of them still wait for being taken
   */
  record LetterCount(String stage, String reason, long count, long open)
      implements DeadLetterMessage {}

  /**
   * Dead letters, newest first.
   *
   * @param counts over all that the question names, most first
   */
  record DeadLetters(List<StoredLetter> letters, List<LetterCount> counts)
      implements DeadLetterMessage {
    public DeadLetters {
      letters = List.copyOf(letters);
      counts = List.copyOf(counts);
    }
  }

  /**
   * Takes dead letters again, as they were sent. Doing so twice counts nothing twice.
   *
   * @param ids which ones; empty for those of {@code reason}
   * @param site only those of this site, null for all
   * @param limit most at once, oldest first
   */
  record RetryLetters(List<Long> ids, @Nullable String reason, @Nullable String site, int limit)
      implements DeadLetterMessage {
    public RetryLetters {
      ids = List.copyOf(ids);
    }
  }

  /**
   * What became of them.
   *
   * @param outcomes how many met which: {@code stored}, {@code duplicate}, {@code counted}, or why
   *     they were turned down again
   * @param kept how many were passed over, since nothing is held of them that could be taken
   * @param more whether there may be others, beyond the limit
   */
  record Retried(int tried, Map<String, Long> outcomes, long kept, boolean more)
      implements DeadLetterMessage {
    public Retried {
      outcomes = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
    }
  }
}
