package io.marquetry.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The least an event log in PostgreSQL can do: a row per event under its message id, once. While
 * one commit is under way the next gathers.
 */
final class BareLog {
  private static final String TABLE =
      "create table bare_log (message uuid not null primary key, payload bytea not null)";
  private static final String APPEND =
      "insert into bare_log select * from unnest($1::uuid[], $2::bytea[]) on conflict do nothing";
  private static final int MOST_EVENTS = 500;
  private static final int MOST_DEPTH = 64;
  private static final JsonFactory JSON = new JsonFactory();

  private final Pool pool;
  private List<Beacon> waiting = new ArrayList<>();
  private int waitingEvents;
  private boolean committing;

  /** What came in one request. */
  private record Beacon(List<UUID> messages, List<Buffer> payloads, Promise<Void> stored) {}

  private BareLog(Pool pool) {
    this.pool = pool;
  }

  static Future<BareLog> open(Vertx vertx, PgConnectOptions database) {
    database.setCachePreparedStatements(true);
    var pool =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(1))
            .connectingTo(database)
            .using(vertx)
            .build();
    return pool.query(TABLE).execute().map(made -> new BareLog(pool));
  }

  /** Completes when the event, or every event of the batch, is durable. */
  Future<Void> store(Buffer body) {
    var beacon = new Beacon(new ArrayList<>(), new ArrayList<>(), Promise.promise());
    try {
      scan(body, beacon);
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    waiting.add(beacon);
    waitingEvents += beacon.messages().size();
    if (!committing) {
      commit();
    }
    return beacon.stored().future();
  }

  /** An event is an object with a {@code messageId}, wherever it stands; it is kept as it came. */
  private static void scan(Buffer body, Beacon beacon) throws IOException {
    var starts = new int[MOST_DEPTH];
    int depth = 0;
    int eventDepth = 0;
    try (var parser = JSON.createParser(body.getBytes())) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          starts[++depth] = (int) parser.currentTokenLocation().getByteOffset();
        } else if (token == JsonToken.FIELD_NAME && parser.currentName().equals("messageId")) {
          beacon.messages().add(id(parser.nextTextValue()));
          eventDepth = depth;
        } else if (token == JsonToken.END_OBJECT) {
          if (depth == eventDepth) {
            int end = (int) parser.currentLocation().getByteOffset();
            beacon.payloads().add(body.slice(starts[depth], end));
            eventDepth = 0;
          }
          depth--;
        }
      }
    }
  }

  /** Message ids of clients are random, so their order in the index is too. */
  private static UUID id(String text) {
    long number = Long.parseUnsignedLong(text, text.length() - 16, text.length(), 16);
    long seed = number + ((long) text.charAt(0) << 56);
    return new UUID(Template.mixed(seed), Template.mixed(~seed));
  }

  private void commit() {
    committing = true;
    var batch = waiting;
    int events = waitingEvents;
    if (events > MOST_EVENTS) {
      batch = new ArrayList<>();
      events = 0;
      while (!waiting.isEmpty() && events < MOST_EVENTS) {
        var beacon = waiting.removeFirst();
        batch.add(beacon);
        events += beacon.messages().size();
      }
    } else {
      waiting = new ArrayList<>();
    }
    waitingEvents -= events;
    write(batch, events);
  }

  private void write(List<Beacon> batch, int events) {
    var messages = new UUID[events];
    var payloads = new Buffer[events];
    int row = 0;
    for (var beacon : batch) {
      for (int i = 0; i < beacon.messages().size(); i++) {
        messages[row] = beacon.messages().get(i);
        payloads[row++] = beacon.payloads().get(i);
      }
    }
    pool.preparedQuery(APPEND)
        .execute(Tuple.tuple().addArrayOfUUID(messages).addArrayOfBuffer(payloads))
        .onComplete(
            done -> {
              committing = false;
              if (!waiting.isEmpty()) {
                commit();
              }
              for (var beacon : batch) {
                if (done.succeeded()) {
                  beacon.stored().complete();
                } else {
                  beacon.stored().fail(done.cause());
                }
              }
            });
  }
}
