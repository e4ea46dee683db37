package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.EventLog.CountKey;
import io.marquetry.ingest.EventLog.Entry;
import io.marquetry.ingest.EventLog.Superseded;
import io.marquetry.ingest.IngestVerticle.Stores;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.sim.Disk.Connection;
import io.marquetry.sim.Disk.Kind;
import io.marquetry.sim.Nothing;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The event log of a simulated installation, as {@link PgEventLog} keeps it. */
public final class EventsOnDisk {
  private final TreeMap<Long, Entry> log = new TreeMap<>();
  private final Map<String, Long> storedAt = new HashMap<>();
  private final Set<Id128> seen = new HashSet<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private final Map<CountKey, Long> counted = new TreeMap<>(EventsOnDisk::compare);
  private final EventParser parser;
  private final LongSupplier now;
  private long writer;
  private Sabotage sabotage = Sabotage.NONE;

  /** What is wrong with it, to see whether that is found out. */
  public enum Sabotage {
    NONE,
    /** A message counts every time it is sent. */
    LETS_DUPLICATES_IN,
    /** Says that events are stored which are not. */
    LOSES_EVENTS
  }

  /**
   * @param secret from which keys of visitors are derived
   * @param now microseconds since the beginning of the run
   */
  public EventsOnDisk(byte[] secret, LongSupplier now) {
    this.now = now;
    parser = new EventParser(new Ids(secret));
  }

  public void sabotage(Sabotage chosen) {
    sabotage = chosen;
  }

  private static int compare(CountKey one, CountKey other) {
    int bySite = one.site().compareTo(other.site());
    int byHour = bySite != 0 ? bySite : one.hour().compareTo(other.hour());
    return byHour != 0 ? byHour : one.type().compareTo(other.type());
  }

  /** Ingest on this disk. */
  public VerticleBase verticle(ComponentContext component, Connection connection) {
    return new IngestVerticle(component, vertx -> open(connection));
  }

  private Stores open(Connection connection) {
    var store = new Store(connection);
    // Nobody looks for dead letters over the bus here, so what reads them needs no database.
    var letters = new PgDeadLetters(Nothing.of(Pool.class));
    return new Stores(
        store, new Bodies(connection), letters, new Backwards(store)::read, store::close);
  }

  /** One call as the HTTP face hands it on. */
  public Accept accept(Map<String, Object> call, Arrival arrival) {
    var body = Json.write(call);
    return switch (parser.parse(call, null, arrival, "")) {
      case Outcome.Parsed(var event) -> {
        var head = Json.write(LogEntry.arrival(arrival, null, null));
        var entry = LogEntry.of(head, body, 0, body.length);
        yield new Accept(List.of(new Incoming(event, entry, false)), List.of());
      }
      case Outcome.Rejected(var reason, var detail, var messageId) ->
          new Accept(
              List.of(),
              List.of(
                  new DeadLetter(
                      arrival.site(),
                      "ingest",
                      reason,
                      detail,
                      messageId,
                      arrival.receivedAt(),
                      parser.about(call, arrival),
                      new String(body, StandardCharsets.UTF_8))));
    };
  }

  /** Everything in the log, read as an event again, in order. */
  public List<Logged> events() {
    var events = new ArrayList<Logged>();
    log.forEach((position, entry) -> events.add(new Logged(position, event(entry))));
    return events;
  }

  private Event event(Entry entry) {
    var json = Json.readOwn(entry.payload());
    return switch (LogEntry.parse(parser, entry.site(), entry.receivedAt(), json)) {
      case Outcome.Parsed parsed -> parsed.event();
      case Outcome.Rejected rejected -> throw new AssertionError(rejected.toString());
    };
  }

  /** When an event of the log was stored, in microseconds since the beginning of the run. */
  public long storedAt(String messageId) {
    return storedAt.getOrDefault(messageId, 0L);
  }

  public List<DeadLetter> deadLetters() {
    return List.copyOf(letters);
  }

  /** How many events were only counted. */
  public long aggregated() {
    return counted.values().stream().mapToLong(Long::longValue).sum();
  }

  /** No two events of a run share a message id, so nothing is ever found. */
  private record Bodies(Connection connection) implements MessageBodies {
    @Override
    public Future<Set<Long>> reused(Batch batch, Set<Long> fresh) {
      return connection.run(Kind.READ, "bodies", Set::of);
    }

    @Override
    public Future<Boolean> isReused(Event event) {
      return connection.run(Kind.READ, "body", () -> false);
    }
  }

  private final class Store implements EventLog {
    private final Connection connection;
    private long mine = -1;

    Store(Connection connection) {
      this.connection = connection;
    }

    @Override
    public String backend() {
      return "simulated";
    }

    @Override
    public String place() {
      return "the simulator";
    }

    @Override
    public Future<Void> prepare(LocalDate today) {
      return connection.run(Kind.STATEMENT, "prepare", Store::nothing);
    }

    private static @Nullable Void nothing() {
      return null;
    }

    @Override
    public Future<Long> takeOver() {
      return connection
          .run(
              Kind.TRANSACTION,
              "takeOver",
              () -> writer = Math.max(writer, log.isEmpty() ? 0 : log.lastKey()) + 1)
          .onSuccess(position -> mine = position);
    }

    @Override
    public Future<Set<Long>> append(Batch batch) {
      long by = mine;
      boolean single = batch.counts().isEmpty() && batch.deadLetters().isEmpty();
      return connection.run(
          single ? Kind.STATEMENT : Kind.TRANSACTION,
          "append " + batch.events().size() + " at " + batch.firstPosition(),
          () -> write(batch, by));
    }

    private Set<Long> write(Batch batch, long by) {
      if (by != writer && !batch.events().isEmpty()) {
        throw new Superseded();
      }
      var fresh = new HashSet<Long>();
      long position = batch.firstPosition();
      for (var incoming : batch.events()) {
        var event = incoming.event();
        if (seen.add(event.message()) || sabotage == Sabotage.LETS_DUPLICATES_IN) {
          if (log.containsKey(position)) {
            throw new IllegalStateException("position " + position + " is taken");
          }
          if (sabotage != Sabotage.LOSES_EVENTS || position % 17 > 0) {
            storedAt.putIfAbsent(event.messageId(), now.getAsLong());
            log.put(
                position,
                new Entry(position, event.receivedAt(), event.site(), incoming.payload().clone()));
          }
          fresh.add(position);
        }
        position++;
      }
      batch.counts().forEach((key, n) -> counted.merge(key, n, Long::sum));
      letters.addAll(batch.deadLetters());
      return fresh;
    }

    @Override
    public Future<List<Entry>> read(long after, int limit) {
      return connection.run(
          Kind.READ,
          "read behind " + after,
          () -> log.tailMap(after, false).values().stream().limit(limit).toList());
    }

    @Override
    public Future<Map<String, Long>> counts(String site) {
      return connection.run(Kind.READ, "counts", Map::of);
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
