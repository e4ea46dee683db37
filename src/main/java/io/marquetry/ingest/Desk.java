package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.EventsOf;
import io.marquetry.bus.IngestMessage.GetEventsOf;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Order;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.ingest.EventLog.Entry;
import io.marquetry.ingest.core.Enriching;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.ingest.core.Orders;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other components have ingest do with the log: put an order in, and read somebody's events
 * out.
 *
 * <p>The log has no index by visitor, since every event would pay for it; whoever wants somebody's
 * events reads a stretch at a time, and between two of them the loop is free.
 */
final class Desk {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
  private static final int STRETCH = 500;

  private final EventLog log;
  private final GroupCommit commits;
  private final EventParser parser;
  private final Enriching enriching;
  private final InstantSource clock;

  Desk(
      EventLog log,
      GroupCommit commits,
      EventParser parser,
      Enriching enriching,
      InstantSource clock) {
    this.log = log;
    this.commits = commits;
    this.parser = parser;
    this.enriching = enriching;
    this.clock = clock;
  }

  /** Completes when the order is durable and, unless that takes too long, carried out. */
  Future<Done> order(Order order) {
    var entry = Orders.entry(order);
    var event = parser.order(order.site(), clock.millis(), entry);
    var incoming = new Incoming(event, Json.write(entry), false);
    return commits.accept(new Accept(List.of(incoming), List.of())).map(Done.DONE);
  }

  /** The events of somebody in the next stretch. */
  Future<EventsOf> eventsOf(GetEventsOf asked) {
    var keys = new HashSet<>(asked.keys());
    return log.read(asked.after(), STRETCH).map(entries -> sort(asked, keys, entries));
  }

  private EventsOf sort(GetEventsOf asked, Set<Id128> keys, List<Entry> entries) {
    var events = new ArrayList<Logged>();
    for (var entry : entries) {
      if (entry.position() >= asked.before()) {
        return new EventsOf(events, entry.position(), true);
      }
      if (entry.site().equals(asked.site()) && entry.receivedAt() >= asked.since()) {
        take(entry, keys, events);
      }
    }
    boolean end = entries.size() < STRETCH;
    return new EventsOf(events, entries.isEmpty() ? asked.after() : last(entries), end);
  }

  private static long last(List<Entry> entries) {
    return entries.getLast().position();
  }

  /** What cannot be read as an event was passed over when it was to be applied, too. */
  private void take(Entry entry, Set<Id128> keys, List<Logged> events) {
    try {
      var json = Json.readOwn(entry.payload());
      if (LogEntry.parse(parser, entry.site(), entry.receivedAt(), json)
              instanceof Outcome.Parsed(var event)
          && event.subject().keys().stream().anyMatch(keys::contains)) {
        events.add(new Logged(entry.position(), enriching.enrich(event)));
      }
    } catch (RuntimeException e) {
      LOG.error("passed over log position {}: {}", entry.position(), e.toString());
    }
  }
}
