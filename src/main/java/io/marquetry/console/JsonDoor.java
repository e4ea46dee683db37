package io.marquetry.console;

import io.marquetry.bus.Refused;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus as the bridge speaks it: JSON in, JSON out, always answered.
 *
 * <p>Everything else in the process goes through typed addresses; this is the one exception,
 * because the other end is a browser. From a bridge a question comes as an object, from the HTTP
 * door as bytes, and is answered the same way. The only header that means anything is the token: it
 * proves itself, so it does not matter who set it.
 */
final class JsonDoor {
  /** Header of a question: the token it came with. */
  static final String TOKEN = "token";

  /** Header of an answer: the HTTP status that says the same. */
  static final String STATUS = "status";

  private static final Logger LOG = LoggerFactory.getLogger(JsonDoor.class);

  private final Vertx vertx;
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();

  JsonDoor(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * A question.
   *
   * @param token empty where there is none
   */
  record Question(Map<String, Object> body, String token) {}

  /** Serves an address to whoever reaches it; completes when they can. */
  Future<Void> serve(String address, Function<Question, Future<Outcome>> server) {
    return serve(vertx.eventBus().consumer(address), server);
  }

  /** Serves an address within this process only. */
  Future<Void> serveHere(String address, Function<Question, Future<Outcome>> server) {
    return serve(vertx.eventBus().localConsumer(address), server);
  }

  private Future<Void> serve(
      MessageConsumer<Object> consumer, Function<Question, Future<Outcome>> server) {
    consumer.handler(message -> take(message, server));
    consumers.add(consumer);
    return consumer.completion();
  }

  private static void take(Message<Object> message, Function<Question, Future<Outcome>> server) {
    Future<Outcome> outcome;
    try {
      var token = message.headers().get(TOKEN);
      outcome = server.apply(new Question(body(message.body()), token == null ? "" : token));
    } catch (Json.Malformed e) {
      outcome = Future.succeededFuture(Outcome.malformed(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      outcome = Future.failedFuture(e);
    }
    outcome
        .otherwise(failure -> explained(message.address(), failure))
        .onSuccess(answer -> reply(message, answer));
  }

  private static Outcome explained(String address, Throwable failure) {
    boolean foreseen = failure instanceof Refused || failure instanceof Unauthorized;
    if (!foreseen) {
      LOG.error("{} failed", address, failure);
    }
    return Outcome.of(failure);
  }

  private static Map<String, Object> body(@Nullable Object body) throws Json.Malformed {
    return switch (body) {
      case null -> Map.of();
      case JsonObject object -> Json.readObject(object.toBuffer().getBytes());
      case Buffer bytes when bytes.length() == 0 -> Map.of();
      case Buffer bytes -> Json.readObject(bytes.getBytes());
      default -> Json.readObject(Json.write(body.toString()));
    };
  }

  private static void reply(Message<Object> message, Outcome outcome) {
    var bytes = Buffer.buffer(Json.write(outcome.body()));
    var options = new DeliveryOptions().addHeader(STATUS, String.valueOf(outcome.status()));
    message.reply(message.body() instanceof Buffer ? bytes : new JsonObject(bytes), options);
  }

  /** Tells whoever listens, also through the bridge. */
  void publish(String address, Map<String, Object> body) {
    vertx.eventBus().publish(address, new JsonObject(Buffer.buffer(Json.write(body))));
  }

  Future<Void> leave() {
    var left = consumers.stream().map(MessageConsumer::unregister).toList();
    consumers.clear();
    return Future.all(left).mapEmpty();
  }
}
