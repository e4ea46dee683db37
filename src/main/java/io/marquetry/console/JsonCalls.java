package io.marquetry.console;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** The asking end of {@link JsonDoor}: what the doors of the HTTP verticle speak. */
final class JsonCalls {
  private static final long PATIENCE_MILLIS = 35_000;

  private final Vertx vertx;

  JsonCalls(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * An answer as bytes.
   *
   * @param status the HTTP status that says the same
   */
  record Answer(int status, Buffer body) {
    boolean ok() {
      return status == 200;
    }
  }

  /** Asks; never fails: where nobody answers, that is the answer. */
  Future<Answer> ask(String address, Buffer body, String token) {
    var options = new DeliveryOptions().setSendTimeout(PATIENCE_MILLIS);
    if (!token.isEmpty()) {
      options.addHeader(JsonDoor.TOKEN, token);
    }
    return vertx
        .eventBus()
        .<Buffer>request(address, body, options)
        .map(
            reply ->
                new Answer(Integer.parseInt(reply.headers().get(JsonDoor.STATUS)), reply.body()))
        .otherwise(JsonCalls::silence);
  }

  private static Answer silence(Throwable failure) {
    var away = failure instanceof ReplyException ? "the console does not answer now" : "failed";
    var error = new JsonObject().put("code", "unavailable").put("message", away);
    return new Answer(503, new JsonObject().put("error", error).toBuffer());
  }

  /** Hears of sessions that end, within this process or another. */
  Future<Void> onSessionEnded(Consumer<String> listener) {
    return vertx
        .eventBus()
        .<JsonObject>consumer(
            ConsoleVerticle.SESSION_ENDED,
            message -> listener.accept(message.body().getString("session")))
        .completion();
  }
}
