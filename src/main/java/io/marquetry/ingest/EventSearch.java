package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.FoundEvents;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.QueryEvents;
import io.marquetry.ingest.EventLog.Entry;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds recent events, newest first, by reading the log backwards.
 *
 * <p>The log is indexed by position and nothing else, which is what keeps writing it cheap. So a
 * search looks at a bounded number of events and says where to go on.
 */
final class EventSearch {
  private static final int PAGE = 500;
  private static final int MOST_SCANNED = 10_000;

  private final Reader log;
  private final EventParser parser;

  EventSearch(Reader log, EventParser parser) {
    this.log = log;
    this.parser = parser;
  }

  /** Reads a log backwards. */
  @FunctionalInterface
  interface Reader {
    /** The newest entries before a position, newest first; nothing: there is no more. */
    Future<List<Entry>> read(long before, int limit);
  }

  private static final class Search {
    final QueryEvents asked;
    final List<Logged> found = new ArrayList<>();
    int scanned;
    @Nullable Long next;

    Search(QueryEvents asked, long before) {
      this.asked = asked;
      next = before;
    }

    boolean isDone(int limit) {
      return next == null || found.size() >= limit || scanned >= MOST_SCANNED;
    }
  }

  Future<FoundEvents> find(QueryEvents asked, int limit) {
    var before = asked.before() == null ? Long.MAX_VALUE : asked.before();
    return page(new Search(asked, before), limit);
  }

  private Future<FoundEvents> page(Search search, int limit) {
    var before = search.next;
    if (before == null || search.isDone(limit)) {
      return Future.succeededFuture(new FoundEvents(search.found, search.scanned, search.next));
    }
    return log.read(before, PAGE)
        .compose(
            entries -> {
              look(search, entries, limit);
              return page(search, limit);
            });
  }

  private void look(Search search, List<Entry> entries, int limit) {
    for (var entry : entries) {
      search.scanned++;
      search.next = entry.position();
      var event = parse(entry);
      if (event != null && matches(event, search.asked)) {
        search.found.add(new Logged(entry.position(), event));
        if (search.found.size() >= limit) {
          return;
        }
      }
    }
    if (entries.isEmpty()) {
      search.next = null;
    }
  }

  private @Nullable Event parse(Entry entry) {
    try {
      var json = Json.readOwn(entry.payload());
      return LogEntry.parse(parser, entry.site(), entry.receivedAt(), json)
              instanceof EventParser.Outcome.Parsed(var event)
          ? event
          : null;
    } catch (RuntimeException e) {
      return null; // the follower of the log says what is damaged
    }
  }

  private static boolean matches(Event event, QueryEvents asked) {
    return (asked.site() == null || asked.site().equals(event.site()))
        && (asked.type() == null || asked.type() == event.type())
        && (asked.name() == null || asked.name().equals(event.name()))
        && (asked.messageId() == null || asked.messageId().equals(event.messageId()))
        && (asked.about().isEmpty()
            || !Collections.disjoint(asked.about(), event.subject().keys()));
  }
}
