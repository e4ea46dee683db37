package io.marquetry.ingest.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.enrichment.UserAgents;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns one call of the Segment tracking spec into an event, or says why it is none.
 *
 * <p>Total: whatever the object holds, the outcome is one of two. The same object with the same
 * arrival gives the same event, which is what replay of the log rests on. Not thread-safe, like the
 * {@link Ids} it holds.
 */
public final class EventParser {
  private static final int MAX_ID = 512;
  private static final int MAX_NAME = 256;
  private static final String TOKEN = "identityToken";
  private static final List<String> OBJECTS =
      List.of("properties", "traits", "context", "integrations");

  private final Ids ids;
  private final UserAgents agents = new UserAgents();

  /** A parser that derives keys by {@code ids}. */
  public EventParser(Ids ids) {
    this.ids = ids;
  }

  /** What an object turned out to be. */
  public sealed interface Outcome {
    /** An event. */
    record Parsed(Event event) implements Outcome {}

    /**
     * No event.
     *
     * @param reason a short code from a bounded set
     * @param detail for whoever sent it
     */
    record Rejected(String reason, String detail, String messageId) implements Outcome {}
  }

  private static final class Poison extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String reason;

    Poison(String reason, String detail) {
      super(detail, null, false, false);
      this.reason = reason;
    }
  }

  /**
   * Parses one call.
   *
   * @param json the call
   * @param type the type that the path names, null where the call must name it itself
   * @param arrival how it came in
   * @param newId a message id for calls that bring none
   */
  public Outcome parse(
      Map<String, Object> json, @Nullable EventType type, Arrival arrival, String newId) {
    try {
      return new Outcome.Parsed(event(json, type, arrival, newId));
    } catch (Poison poison) {
      var id = json.get("messageId") instanceof String text && text.length() <= MAX_ID ? text : "";
      return new Outcome.Rejected(poison.reason, String.valueOf(poison.getMessage()), id);
    }
  }

  /** The event that an order in the log is; see {@link Orders}. */
  @SuppressWarnings("unchecked")
  public Event order(String site, long receivedAt, Map<String, Object> entry) {
    var id = String.valueOf(entry.get("id"));
    var order = (Map<String, Object>) entry.getOrDefault(Orders.ORDER, Map.of());
    return Orders.event(ids.message(site, id), id, site, receivedAt, order);
  }

  /** Whom a call is about, as far as that can be told of one that is no event. */
  public List<Id128> about(Map<String, Object> json, Arrival arrival) {
    var keys = new ArrayList<Id128>();
    if (json.get("anonymousId") instanceof String device && device.length() <= MAX_ID) {
      keys.add(ids.device(arrival.site(), device));
    }
    if (arrival.cookie() != null) {
      keys.add(ids.device(arrival.site(), arrival.cookie()));
    }
    if (json.get("userId") instanceof String user && user.length() <= MAX_ID) {
      keys.add(ids.user(arrival.site(), user));
    }
    return keys;
  }

  private Event event(
      Map<String, Object> json, @Nullable EventType pathType, Arrival arrival, String newId) {
    var type = pathType != null ? pathType : type(json);
    for (var field : OBJECTS) {
      if (!isObject(json.get(field))) {
        throw new Poison("wrong_type", field + " must be an object");
      }
    }
    var name = name(type, json);
    var flags = new ArrayList<String>();
    var time = time(json, arrival, flags);
    var subject = subject(type, json, arrival, flags);
    noteWho(json, arrival, flags);
    var messageId = id(json, "messageId");
    if (messageId == null) {
      messageId = newId;
    }
    return new Event(
        ids.message(arrival.site(), messageId),
        messageId,
        arrival.site(),
        type,
        name,
        subject,
        time.at(),
        arrival.receivedAt(),
        fields(json, arrival),
        flags);
  }

  /** PHP writes an empty object as an empty list, and nothing as null. */
  private static boolean isObject(@Nullable Object value) {
    return value == null
        || value instanceof Map<?, ?>
        || (value instanceof List<?> list && list.isEmpty());
  }

  /** Whether a call names its message itself, rightly or wrongly. */
  public static boolean bringsId(Map<String, Object> json) {
    return switch (json.get("messageId")) {
      case null -> false;
      case String text -> !text.isBlank();
      default -> true;
    };
  }

  private static EventType type(Map<String, Object> json) {
    var type = EventType.of(json.get("type"));
    if (type == null) {
      throw new Poison(
          "unknown_type", "type must be one of page, screen, track, identify, group, alias");
    }
    return type;
  }

  private static String name(EventType type, Map<String, Object> json) {
    switch (type) {
      case GROUP -> require(json, "groupId", "a group call needs a groupId");
      case ALIAS -> {
        require(json, "previousId", "an alias call needs a previousId");
        require(json, "userId", "an alias call needs a userId");
      }
      case TRACK -> {
        if (json.get("event") instanceof String name && !name.isBlank()) {
          if (name.length() > MAX_NAME) {
            throw new Poison("too_long", "event is longer than " + MAX_NAME + " characters");
          }
          return name;
        }
        throw new Poison("missing_event", "a track call needs an event name");
      }
      case PAGE, SCREEN, IDENTIFY -> {}
    }
    return type.key();
  }

  private static void require(Map<String, Object> json, String field, String message) {
    if (id(json, field) == null) {
      throw new Poison("missing_" + field.toLowerCase(Locale.ROOT), message);
    }
  }

  private static EventTime time(Map<String, Object> json, Arrival arrival, List<String> flags) {
    var stamp = json.get("originalTimestamp") != null ? "originalTimestamp" : "timestamp";
    var timestamp = EventTime.parse(json.get(stamp));
    if (timestamp == null && json.get(stamp) != null) {
      throw new Poison("bad_timestamp", stamp + " must be an ISO-8601 time");
    }
    var sent = EventTime.parse(json.get("sentAt"));
    var time =
        EventTime.correct(
            timestamp,
            sent != null ? sent : EventTime.parse(arrival.sentAt()),
            arrival.receivedAt());
    if (time.clamped()) {
      flags.add("clamped");
    }
    if (time.late()) {
      flags.add("late");
    }
    return time;
  }

  private Subject subject(
      EventType type, Map<String, Object> json, Arrival arrival, List<String> flags) {
    var site = arrival.site();
    var anonymousId = id(json, "anonymousId");
    var userId = id(json, "userId");
    var cookie = arrival.cookie();
    if (userId != null && !arrival.trusted()) {
      flags.add("unverified");
    }
    var device = anonymousId != null ? anonymousId : cookie;
    if (anonymousId == null && cookie != null) {
      flags.add("by_cookie");
    }
    boolean claims = userId != null && arrival.trusted();
    if (device == null && !claims) {
      nobody(json, arrival, userId, flags);
    }
    var previous = type == EventType.ALIAS && claims ? id(json, "previousId") : null;
    boolean two = anonymousId != null && cookie != null && !anonymousId.equals(cookie);
    return new Subject(
        key(site, device),
        two ? key(site, cookie) : null,
        userId != null && claims ? ids.user(site, userId) : null,
        key(site, previous),
        device,
        userId);
  }

  /** An event of nobody we may know: counted where that is what its visitor wants, else refused. */
  private static void nobody(
      Map<String, Object> json, Arrival arrival, @Nullable String userId, List<String> flags) {
    if (arrival.denied() || consentDenied(json)) {
      flags.add("nobody");
    } else if (userId == null) {
      throw new Poison("no_identity", "needs an anonymousId, a userId or the visitor's cookie");
    } else {
      throw new Poison(
          "unverified_user",
          "a userId alone needs a server key or a site that trusts identify; send an anonymousId"
              + " too");
    }
  }

  private @Nullable Id128 key(String site, @Nullable String device) {
    return device == null ? null : ids.device(site, device);
  }

  /** Whether the event itself says that its visitor does not want to be recorded. */
  private static boolean consentDenied(Map<String, Object> json) {
    return json.get("context") instanceof Map<?, ?> context
        && context.get("consent") instanceof Map<?, ?> consent
        && consent.get("categoryPreferences") instanceof Map<?, ?> categories
        && Boolean.FALSE.equals(categories.get("analytics"));
  }

  private void noteWho(Map<String, Object> json, Arrival arrival, List<String> flags) {
    if (arrival.denied() || consentDenied(json)) {
      flags.add("denied");
    }
    if (arrival.prefetch() || agents.isBot(userAgent(json, arrival))) {
      flags.add("bot");
    }
  }

  private static String userAgent(Map<String, Object> json, Arrival arrival) {
    return json.get("context") instanceof Map<?, ?> context
            && context.get("userAgent") instanceof String own
        ? own
        : arrival.userAgent();
  }

  private static @Nullable String id(Map<String, Object> json, String field) {
    return switch (json.get(field)) {
      case null -> null;
      case String text when text.isBlank() -> null;
      case String text when text.length() <= MAX_ID -> text;
      case String text ->
          throw new Poison("too_long", field + " is longer than " + MAX_ID + " characters");
      case Long number -> Long.toString(number);
      default -> throw new Poison("wrong_type", field + " must be a text");
    };
  }

  /** The parts of the call that profiles and conditions read, with what the request adds. */
  private static Map<String, Object> fields(Map<String, Object> json, Arrival arrival) {
    var fields = new LinkedHashMap<String, Object>();
    for (var field : List.of("properties", "traits", "groupId", "name")) {
      var value = json.get(field);
      if (value != null && !(value instanceof List<?>)) {
        fields.put(field, value);
      }
    }
    fields.put("context", context(json, arrival));
    return Collections.unmodifiableMap(fields);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> context(Map<String, Object> json, Arrival arrival) {
    var own = json.get("context") instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    boolean agent = !own.containsKey("userAgent") && !arrival.userAgent().isEmpty();
    boolean place = !arrival.country().isEmpty();
    if (!agent && !place && !own.containsKey(TOKEN)) {
      return (Map<String, Object>) own;
    }
    var context = new LinkedHashMap<String, Object>((Map<String, Object>) own);
    context.remove(TOKEN); // a proof of who somebody is, and nothing of what they are like
    if (agent) {
      context.put("userAgent", arrival.userAgent());
    }
    if (place) {
      context.put("geo", Map.of("country", arrival.country(), "region", arrival.region()));
    }
    return Collections.unmodifiableMap(context);
  }
}
