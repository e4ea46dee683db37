package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.grant.ConsentCategories;
import io.marquetry.ingest.CallReader.Call;
import io.marquetry.ingest.Intake.Sender;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.platform.IdentityTokens.Finding;
import io.marquetry.platform.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One beacon on its way: its calls parsed, each with a verdict of its own, and the answer to be
 * given.
 */
final class Beacon {
  private static final String TOO_LARGE = "too_large";
  private static final int MAX_EVENT_BYTES = 32 * 1024;

  /** Foreign events grow as they are put into other words. */
  private static final int MAX_PUT_BYTES = 64 * 1024;

  private static final int MAX_KEPT = 32 * 1024;

  private final EventParser parser;
  private final Source source;
  private final Arrival arrival;
  private final @Nullable EventType type;
  private final Supplier<String> newId;
  private final byte[] arrivalJson;
  private final List<Incoming> events = new ArrayList<>();
  private final List<Integer> indexes = new ArrayList<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private final List<Map<String, Object>> rejected = new ArrayList<>();
  private final List<Map<String, Object>> warnings = new ArrayList<>();
  private final List<Map<String, Object>> refusedTokens = new ArrayList<>();
  private final List<Choice> choices = new ArrayList<>();
  private int unverified;
  private int turnedDown;

  /**
   * Where a beacon comes from.
   *
   * @param optOut whether the request carried the opt-out signal
   * @param categories what the site's consent banner means
   */
  record Source(
      Arrival arrival,
      Sender sender,
      boolean optOut,
      Vouching vouching,
      ConsentCategories categories) {}

  /**
   * An event that changes what its visitor allows.
   *
   * @param index its place among the events
   * @param choices purpose name to granted or not
   */
  record Choice(int index, Event event, Map<String, Object> choices) {}

  /**
   * @param type the type that the path names, null where each call names its own
   * @param newId makes up ids for calls that bring none
   */
  Beacon(EventParser parser, Source source, @Nullable EventType type, Supplier<String> newId) {
    this.parser = parser;
    this.source = source;
    this.type = type;
    this.newId = newId;
    arrival = source.arrival();
    arrivalJson = Json.write(LogEntry.arrival(arrival, type, null));
  }

  Arrival arrival() {
    return arrival;
  }

  Sender sender() {
    return source.sender();
  }

  /** Parses one call of the body. */
  void add(byte[] body, Call call) {
    add(body, call, MAX_EVENT_BYTES);
  }

  private void add(byte[] body, Call call, int maxBytes) {
    var json = call.json();
    if (json == null) {
      reject("malformed", call.problem(), Map.of(), body, call);
    } else if (call.to() - call.from() > maxBytes) {
      reject(TOO_LARGE, "the event is larger than " + maxBytes + " bytes", json, body, call);
    } else {
      parse(json, body, call);
    }
  }

  /** Parses a call that we put into the words of the tracking spec ourselves: it is logged so. */
  void add(Map<String, Object> json) {
    var body = Json.write(json);
    // As replay will read it, and as nobody can change any more.
    add(body, new Call(Json.readOwn(body), "", 0, body.length), MAX_PUT_BYTES);
  }

  /** Turns down a call that says nothing we understand. */
  void reject(String reason, String detail, Map<String, Object> json, byte[] body, Call call) {
    reject(new Refusal(reason, detail, id(json), false), json, body, call);
  }

  /**
   * Why a call is turned down.
   *
   * @param again whether it is in our words, so that it can be taken again as it is
   */
  private record Refusal(String reason, String detail, String messageId, boolean again) {}

  private static String id(Map<String, Object> json) {
    return json.get("messageId") instanceof String id && id.length() <= 512 ? id : "";
  }

  private void parse(Map<String, Object> json, byte[] body, Call call) {
    var madeUp = EventParser.bringsId(json) ? null : newId.get();
    var finding = source.vouching().find(json, type, arrival);
    boolean vouched = Vouching.isGood(finding);
    var preferences = ConsentCategories.preferences(json);
    boolean denied = source.categories().refuse(Purpose.ANALYTICS, preferences);
    var as = vouched ? arrival.believed() : arrival;
    var believed = denied ? as.refusing() : as;
    var problem = finding instanceof Finding.Bad bad ? bad : null;
    switch (parser.parse(json, type, believed, madeUp == null ? "" : madeUp)) {
      case Outcome.Parsed(var event) -> {
        boolean common = madeUp == null && !vouched && !denied;
        var head = common ? arrivalJson : Json.write(LogEntry.arrival(believed, type, madeUp));
        if (problem != null) {
          refusedTokens.add(verdict(event.messageId(), problem.code(), problem.text()));
        }
        choose(event, preferences);
        indexes.add(events.size() + rejected.size());
        var entry = LogEntry.of(head, body, call.from(), call.to());
        events.add(new Incoming(event, entry, source.optOut()));
        unverified += event.is("unverified") ? 1 : 0;
      }
      case Outcome.Rejected(var reason, var detail, var messageId) -> {
        var why = problem == null ? detail : detail + " (its token: " + problem.text() + ")";
        reject(new Refusal(reason, why, messageId, true), json, body, call);
      }
    }
  }

  private void choose(Event event, Map<?, ?> preferences) {
    if (event.type() == EventType.TRACK && event.name().equals(ConsentCategories.UPDATE)) {
      var chosen = source.categories().choices(preferences);
      if (!chosen.isEmpty() && event.subject().keys().stream().anyMatch(Objects::nonNull)) {
        choices.add(new Choice(events.size(), event, chosen));
      }
    }
  }

  private Map<String, Object> verdict(String messageId, String code, String message) {
    return verdict(events.size() + rejected.size(), messageId, code, message);
  }

  private static Map<String, Object> verdict(
      int index, String messageId, String code, String message) {
    var verdict = new LinkedHashMap<String, Object>();
    verdict.put("index", index);
    verdict.put("messageId", messageId);
    verdict.put("code", code);
    verdict.put("message", message);
    return verdict;
  }

  private void reject(Refusal why, Map<String, Object> json, byte[] body, Call call) {
    int length = Math.min(call.to() - call.from(), MAX_KEPT);
    boolean again = why.again() && length == call.to() - call.from();
    letters.add(
        new DeadLetter(
            arrival.site(),
            "ingest",
            why.reason(),
            why.detail(),
            why.messageId(),
            arrival.receivedAt(),
            parser.about(json, arrival),
            new String(body, call.from(), length, StandardCharsets.UTF_8),
            again ? new String(arrivalJson, StandardCharsets.UTF_8) : ""));
    rejected.add(verdict(why.messageId(), why.reason(), why.detail()));
  }

  Accept message() {
    return new Accept(events, letters);
  }

  /** The events that change what their visitor allows, in order. */
  List<Choice> choices() {
    return choices;
  }

  /** The events from one index to before another; what was turned down goes with the last. */
  Accept part(int from, int to) {
    return new Accept(events.subList(from, to), to == events.size() ? letters : List.of());
  }

  int size() {
    return events.size();
  }

  /** Takes in what became of its events; to be called once, before anything is answered. */
  void settle(Accepted accepted) {
    for (var fault : accepted.faults()) {
      boolean down = accepted.verdicts().get(fault.index()) == Verdict.REJECTED;
      turnedDown += down ? 1 : 0;
      (down ? rejected : warnings)
          .add(
              verdict(
                  indexes.get(fault.index()),
                  events.get(fault.index()).event().messageId(),
                  fault.code(),
                  fault.detail()));
    }
  }

  /** Whether nothing in it is an event that could be taken. */
  boolean isPoison() {
    return events.size() == turnedDown && !rejected.isEmpty();
  }

  /** What the sender is told of it once its events are durable. */
  Map<String, Object> answer(Taken taken) {
    var accepted = taken.accepted();
    var body = new LinkedHashMap<String, Object>();
    body.put("success", true);
    if (taken.purposes() != null) {
      body.put("consent", taken.purposes().toJson());
    }
    int counted = count(accepted, Verdict.AGGREGATED);
    if (counted > 0) {
      body.put("aggregateOnly", counted);
    }
    int known = count(accepted, Verdict.DUPLICATE);
    if (known > 0) {
      body.put("duplicates", known);
    }
    if (unverified > 0) {
      body.put("unverified", unverified);
    }
    if (!refusedTokens.isEmpty()) {
      body.put("tokens", refusedTokens);
    }
    if (!warnings.isEmpty()) {
      body.put("warnings", warnings);
    }
    if (!rejected.isEmpty()) {
      body.put("rejected", rejected);
    }
    return body;
  }

  /** The status for nothing but poison: none of it will ever be taken as it is. */
  int refusalStatus() {
    return rejected.stream().allMatch(verdict -> TOO_LARGE.equals(verdict.get("code"))) ? 413 : 400;
  }

  /** The code of the first refusal. */
  String refusalCode() {
    return String.valueOf(rejected.getFirst().get("code"));
  }

  /** The words of the first refusal. */
  String refusalMessage() {
    return String.valueOf(rejected.getFirst().get("message"));
  }

  /** What the sender of nothing but poison is told. */
  Map<String, Object> refusal() {
    var body = new LinkedHashMap<String, Object>();
    body.put("success", false);
    body.put("error", Map.of("code", refusalCode(), "message", refusalMessage()));
    body.put("rejected", rejected);
    return body;
  }

  /** The device of the first event that was stored; null where none was. */
  @Nullable String storedDevice(Accepted accepted) {
    for (int i = 0; i < events.size(); i++) {
      var device = events.get(i).event().subject().anonymousId();
      var verdict = accepted.verdicts().get(i);
      boolean kept = verdict == Verdict.STORED || verdict == Verdict.DUPLICATE;
      if (kept && device != null) {
        return device;
      }
    }
    return null;
  }

  private static int count(Accepted accepted, Verdict wanted) {
    int count = 0;
    for (var verdict : accepted.verdicts()) {
      count += verdict == wanted ? 1 : 0;
    }
    return count;
  }
}
