package io.marquetry.bus;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.kit.Id128;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What ingest takes, answers and publishes. */
public sealed interface IngestMessage extends BusMessage {

  /** The kinds of call of the Segment tracking spec. */
  enum EventType {
    PAGE,
    SCREEN,
    TRACK,
    IDENTIFY,
    GROUP,
    ALIAS;

    private final String key = name().toLowerCase(Locale.ROOT);

    /** The name used in JSON. */
    public String key() {
      return key;
    }

    /** The type of that name; null where there is none. */
    public static @Nullable EventType of(@Nullable Object key) {
      for (var type : values()) {
        if (type.key.equals(key)) {
          return type;
        }
      }
      return null;
    }
  }

  /**
   * Who an event is about, by the keys of the identifiers it carries.
   *
   * @param device key of the {@code anonymousId}, else of the cookie
   * @param otherDevice key of the cookie, where the browser sent another anonymousId beside it
   * @param user key of the {@code userId}, only where the claim is trusted
   * @param previous key of the identifier that an alias call retires, only where the claim is
   *     trusted
   * @param anonymousId the device as the outside writes it
   * @param userId the person as the outside writes it, trusted or not
   */
  record Subject(
      @Nullable Id128 device,
      @Nullable Id128 otherDevice,
      @Nullable Id128 user,
      @Nullable Id128 previous,
      @Nullable String anonymousId,
      @Nullable String userId) {

    /** Every key, for asking after consent. */
    public List<@Nullable Id128> keys() {
      return Arrays.asList(device, otherDevice, user, previous);
    }
  }

  /**
   * One event, parsed and placed in time.
   *
   * @param message key of its message id
   * @param name for a track call the event's name, else the name of the type
   * @param at when it happened by our clock, milliseconds since the epoch
   * @param receivedAt when it arrived
   * @param fields the event's own {@code properties}, {@code traits}, {@code context}, {@code
   *     groupId} … as unmodifiable plain values
   * @param flags what was noticed about it: {@code late}, {@code clamped}, {@code bot}, {@code
   *     unverified}, {@code by_cookie} where only the cookie says which device it is of
   */
  record Event(
      Id128 message,
      String messageId,
      String site,
      EventType type,
      String name,
      Subject subject,
      long at,
      long receivedAt,
      Map<String, Object> fields,
      List<String> flags)
      implements IngestMessage {
    public Event {
      Objects.requireNonNull(subject);
      flags = List.copyOf(flags);
    }

    public boolean is(String flag) {
      return flags.contains(flag);
    }

    /** {@code properties}, {@code traits} or {@code context}; empty where the event has none. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> object(String field) {
      return fields.get(field) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
  }

  /**
   * An event and what the log keeps of it.
   *
   * @param payload UTF-8 JSON from which the event can be parsed again; not to be changed
   * @param gpc whether the request carried the opt-out signal
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // handed over, never changed; a copy would double the cost
  record Incoming(Event event, byte[] payload, boolean gpc) implements IngestMessage {}

  /**
   * Asks for recent events, newest first; every filter but the limit may be null.
   *
   * @param about keys of one visitor, empty for all
   * @param before only events before this position, to page on
   */
  record QueryEvents(
      @Nullable String site,
      @Nullable EventType type,
      @Nullable String name,
      List<Id128> about,
      @Nullable String messageId,
      @Nullable Long before,
      int limit)
      implements IngestMessage {
    public QueryEvents {
      about = List.copyOf(about);
    }
  }

  /**
   * Recent events, newest first.
   *
   * @param scanned how many were looked at
   * @param next where to go on, null where there is no more
   */
  record FoundEvents(List<Logged> events, int scanned, @Nullable Long next)
      implements IngestMessage {
    public FoundEvents {
      events = List.copyOf(events);
    }
  }

  /** Events of one beacon, to be made durable and applied. */
  record Accept(List<Incoming> events, List<DeadLetter> rejected) implements IngestMessage {
    public Accept {
      events = List.copyOf(events);
      rejected = List.copyOf(rejected);
    }
  }

  /**
   * What became of each event, in the order given.
   *
   * @param faults what was found wrong with some: with one that was stored all the same, a warning
   */
  record Accepted(List<Verdict> verdicts, List<Fault> faults) implements IngestMessage {
    public Accepted {
      verdicts = List.copyOf(verdicts);
      faults = List.copyOf(faults);
    }

    /** Nothing is wrong with any. */
    public Accepted(List<Verdict> verdicts) {
      this(verdicts, List.of());
    }
  }

  /**
   * Something wrong with one event.
   *
   * @param index which one, in the order given
   * @param code from a bounded set
   * @param detail for whoever sent it
   */
  record Fault(int index, String code, String detail) implements IngestMessage {}

  /** What became of one event. */
  enum Verdict {
    /** Stored and applied. */
    STORED,
    /** Known already; counted once. */
    DUPLICATE,
    /** Consent is missing: only counted. */
    AGGREGATED,
    /** It cannot be taken as it is; what was sent is kept apart. */
    REJECTED
  }

  /** An event with its place in the log. */
  record Logged(long position, Event event) implements IngestMessage {}

  /** A batch went through: for live feeds and for measuring. */
  record Stored(List<Logged> events) implements IngestMessage {
    public Stored {
      events = List.copyOf(events);
    }
  }

  /** Asks for events of the log behind a position, in order. */
  record ReadLog(long after, int limit) implements IngestMessage {}

  /**
   * Events of the log, in order.
   *
   * @param through the last position read, also where no event could be made of what stood there;
   *     the position asked for where there is no more
   */
  record LogPage(List<Logged> events, long through) implements IngestMessage {
    public LogPage {
      events = List.copyOf(events);
    }
  }

  /**
   * Something that somebody in charge wants done to profiles, to be put in the log in its place
   * among the events.
   *
   * @param id under which it is known; the same is done once
   * @param order what is wanted, as plain values
   */
  record Order(String site, String id, Map<String, Object> order) implements IngestMessage {
    public Order {
      order = Collections.unmodifiableMap(new LinkedHashMap<>(order));
    }
  }

  /**
   * Asks for the events of some identifiers, a stretch of the log at a time.
   *
   * @param keys an event is wanted that carries one of these
   * @param after the stretch begins behind this position
   * @param before and ends before this one
   * @param since nothing that arrived before is wanted, milliseconds since the epoch
   */
  record GetEventsOf(String site, List<Id128> keys, long after, long before, long since)
      implements IngestMessage {
    public GetEventsOf {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Some events of some identifiers, in the order of the log.
   *
   * @param reached where the next stretch begins
   * @param end whether there is no next one
   */
  record EventsOf(List<Logged> events, long reached, boolean end) implements IngestMessage {
    public EventsOf {
      events = List.copyOf(events);
    }
  }

  /** Asks for the anonymous counts of a site. */
  record GetCounts(String site) implements IngestMessage {}

  /** Anonymous counts by type of event, over all time. */
  record Counts(Map<String, Long> byType) implements IngestMessage {
    public Counts {
      byType = Collections.unmodifiableMap(new LinkedHashMap<>(byType));
    }
  }

  /** How the log stands. */
  record GetLogStatus() implements IngestMessage {}

  /**
   * How the log stands.
   *
   * @param position of the newest event
   * @param applied of the newest event applied to profiles
   * @param stored events stored since the start
   * @param deadLetters refused since the start
   * @param turnedAway beacons that were told to come again, since the start
   */
  record LogStatus(
      String backend,
      long position,
      long applied,
      long stored,
      long duplicates,
      long aggregated,
      long deadLetters,
      long turnedAway)
      implements IngestMessage {}
}
