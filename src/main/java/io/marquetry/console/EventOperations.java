package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.DeadLetterMessage.GetDeadLetters;
import io.marquetry.bus.DeadLetterMessage.Retried;
import io.marquetry.bus.DeadLetterMessage.RetryLetters;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.FoundEvents;
import io.marquetry.bus.IngestMessage.QueryEvents;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.marquetry.console.core.VisitorId;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Topology;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as they came in: what the log holds, what was turned down, and taking that again.
 *
 * <p>Both show what visitors did, so looking is noted in the audit before anything is shown.
 */
final class EventOperations {
  private static final int SHOWN = 100;
  private static final int MOST = 1_000;
  private static final int MOST_RETRIED = 10_000;

  private final Bus bus;
  private final Topology topology;
  private final Ids ids;
  private final DefinitionOperations definitions;

  EventOperations(Bus bus, Topology topology, Ids ids, DefinitionOperations definitions) {
    this.bus = bus;
    this.topology = topology;
    this.ids = ids;
    this.definitions = definitions;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("events.query", this::query);
    handlers.put("events.deadletters", this::deadLetters);
    handlers.put("events.retry", this::retry);
  }

  private Future<?> note(Actor actor, String operation, Map<String, Object> body) {
    return bus.ask(Addresses.AUDIT, new Audit(actor.name(), operation, target(body), null, body));
  }

  private static String target(Map<String, Object> body) {
    return body.get("visitor") instanceof String visitor ? visitor : "";
  }

  private Future<Map<String, Object>> query(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var site = arguments.optionalText("site");
    var type = type(arguments.optionalText("type"));
    var name = arguments.optionalText("name");
    var visitor = arguments.optionalText("visitor");
    var message = arguments.optionalText("messageId");
    var before = arguments.optionalLong("before");
    int limit = arguments.limit(SHOWN, MOST);
    arguments.end();
    return about(visitor, site)
        .compose(
            keys ->
                note(actor, "events.query", body)
                    .compose(
                        noted ->
                            bus.ask(
                                Addresses.QUERY_EVENTS,
                                new QueryEvents(site, type, name, keys, message, before, limit))))
        .map(EventOperations::view);
  }

  private static Map<String, Object> view(FoundEvents found) {
    var view = new LinkedHashMap<String, Object>();
    view.put("events", found.events().stream().map(Views::event).toList());
    view.put("scanned", found.scanned());
    if (found.next() != null) {
      view.put("next", found.next());
    }
    return view;
  }

  private static @Nullable EventType type(@Nullable String text) {
    var type = EventType.of(text);
    if (text != null && type == null) {
      throw new Refused(
          Reason.INVALID, "type", "must be one of page, screen, track, identify, group, alias");
    }
    return type;
  }

  /** Every key under which the log may name a visitor. */
  private Future<List<Id128>> about(@Nullable String visitor, @Nullable String site) {
    if (visitor == null) {
      return Future.succeededFuture(List.of());
    }
    return definitions
        .catalogue()
        .map(catalogue -> VisitorId.parse("visitor", visitor, site, catalogue, ids))
        .compose(
            of ->
                topology.runs("identity")
                    ? bus.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(of.key())))
                        .map(found -> found.keys())
                    : Future.succeededFuture(List.of(of.key())));
  }

  private Future<Map<String, Object>> deadLetters(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var query =
        new GetDeadLetters(
            arguments.optionalText("site"),
            arguments.optionalText("stage"),
            arguments.optionalText("reason"),
            arguments.optionalText("messageId"),
            arguments.optionalTime("from"),
            arguments.optionalTime("to"),
            arguments.value("open") == null ? null : arguments.flag("open", true),
            arguments.optionalLong("before"),
            arguments.limit(SHOWN, MOST));
    arguments.end();
    return note(actor, "events.deadletters", body)
        .compose(noted -> bus.ask(Addresses.DEAD_LETTERS, query))
        .map(
            found -> {
              var view = new LinkedHashMap<String, Object>();
              view.put("deadLetters", found.letters().stream().map(Views::deadLetter).toList());
              view.put("counts", found.counts().stream().map(Views::letterCount).toList());
              if (found.letters().size() == query.limit()) {
                view.put("next", found.letters().getLast().id());
              }
              return view;
            });
  }

  private Future<Map<String, Object>> retry(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var wanted = ids(arguments.value("ids"));
    var reason = arguments.optionalText("reason");
    var site = arguments.optionalText("site");
    int limit = arguments.limit(MOST, MOST_RETRIED);
    arguments.end();
    if (wanted.isEmpty() && reason == null) {
      throw new Refused(Reason.INVALID, "ids", "is required, or a reason");
    }
    var retry = new RetryLetters(wanted, reason, site, limit);
    return note(actor, "events.retry", body)
        .compose(noted -> bus.ask(Addresses.RETRY_LETTERS, retry))
        .map(EventOperations::view);
  }

  private static Map<String, Object> view(Retried retried) {
    return Map.of(
        "tried", retried.tried(),
        "outcomes", retried.outcomes(),
        "notRetryable", retried.kept(),
        "more", retried.more());
  }

  private static List<Long> ids(@Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || list.size() > MOST_RETRIED) {
      throw new Refused(Reason.INVALID, "ids", "must be a list of at most " + MOST_RETRIED);
    }
    var ids = new ArrayList<Long>(list.size());
    for (var id : list) {
      if (!(id instanceof Number number)) {
        throw new Refused(Reason.INVALID, "ids", "must be a list of ids of dead letters");
      }
      ids.add(number.longValue());
    }
    return ids;
  }
}
