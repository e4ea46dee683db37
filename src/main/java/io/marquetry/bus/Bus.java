package io.marquetry.bus;

import io.marquetry.bus.BusCodec.Unreadable;
import io.marquetry.bus.Refused.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way onto the event bus.
 *
 * <p>A consumer that throws does not answer, and its asker waits out the deadline; so nobody
 * registers a raw consumer. Here a completed future becomes a reply, a {@link Refused} becomes a
 * failure with its code, and anything else is logged once and becomes a failure of the server. The
 * asker sees a {@code Refused} again, with {@link Reason#UNAVAILABLE} where nobody serves the
 * address or the deadline passed.
 *
 * <p>Made from a verticle's own {@link Vertx}; handlers run on the context that registered them.
 */
public final class Bus {
  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);
  private static final int FAULT = 500;

  private final Vertx vertx;
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private boolean left;

  private Bus(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Teaches the bus our messages; once for each Vertx, before anything is deployed. */
  public static void install(Vertx vertx) {
    var codec = new BusCodec();
    vertx.eventBus().registerCodec(codec);
    vertx.eventBus().codecSelector(body -> body instanceof BusMessage ? codec.name() : null);
  }

  public static Bus of(Vertx vertx) {
    return new Bus(vertx);
  }

  /** Asks and waits for the answer until the address' deadline. Fails with {@link Refused}. */
  public <Q extends BusMessage, A extends BusMessage> Future<A> ask(Ask<Q, A> ask, Q question) {
    var options = new DeliveryOptions().setSendTimeout(ask.timeout().toMillis());
    return vertx
        .eventBus()
        .<Object>request(ask.address(), question, options)
        .transform(
            reply ->
                reply.succeeded()
                    ? answer(ask, reply.result().body())
                    : Future.failedFuture(refusal(ask.address(), reply.cause())));
  }

  private static <A extends BusMessage> Future<A> answer(Ask<?, A> ask, Object body) {
    return body instanceof Unreadable(var why)
        ? Future.failedFuture(
            new Refused(Reason.UNAVAILABLE, ask.address() + " gave no readable answer: " + why))
        : Future.succeededFuture(ask.answer().cast(body));
  }

  /** Tells whoever listens. */
  public <M extends BusMessage> void publish(Topic<M> topic, M message) {
    vertx.eventBus().publish(topic.address(), message);
  }

  /** Serves an address; completes when askers can reach it. */
  public <Q extends BusMessage, A extends BusMessage> Future<Void> serve(
      Ask<Q, A> ask, Function<Q, Future<A>> server) {
    var consumer =
        vertx
            .eventBus()
            .<Object>consumer(
                ask.address(),
                message -> answer(ask.address(), message, body(ask.question(), server, message)));
    consumers.add(consumer);
    return consumer.completion();
  }

  /** Listens to a topic; completes when publications reach it. */
  public <M extends BusMessage> Future<Void> on(Topic<M> topic, Consumer<M> handler) {
    var consumer =
        vertx
            .eventBus()
            .<Object>consumer(
                topic.address(),
                message -> {
                  try {
                    handler.accept(readable(topic.type(), message.body()));
                  } catch (RuntimeException e) {
                    LOG.error("a listener of {} failed", topic.address(), e);
                  }
                });
    consumers.add(consumer);
    return consumer.completion();
  }

  /** Does something after a pause, unless this has left the bus by then. */
  public void later(long millis, Runnable work) {
    vertx.setTimer(
        millis,
        timer -> {
          if (!left) {
            work.run();
          }
        });
  }

  /** Stops serving and listening; what is under way is still answered. */
  public Future<Void> leave() {
    left = true;
    var gone = new ArrayList<Future<?>>();
    for (var consumer : consumers) {
      gone.add(consumer.unregister());
    }
    consumers.clear();
    return Future.all(gone).mapEmpty();
  }

  private static <Q extends BusMessage, A> Future<A> body(
      Class<Q> type, Function<Q, Future<A>> server, Message<Object> message) {
    try {
      // A server that gives no future would otherwise fail behind the catch, and answer nobody.
      return Objects.requireNonNull(
          server.apply(readable(type, message.body())), "no future given");
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private static <M> M readable(Class<M> type, Object body) {
    if (body instanceof Unreadable(var why)) {
      throw new IllegalArgumentException(why);
    }
    return type.cast(body);
  }

  private static <A> void answer(String address, Message<Object> message, Future<A> answer) {
    answer.onComplete(
        outcome -> {
          if (outcome.succeeded()) {
            message.reply(outcome.result());
          } else if (outcome.cause() instanceof Refused refused) {
            message.fail(refused.reason().status(), refused.field() + "\n" + refused.text());
          } else {
            LOG.error("{} failed", address, outcome.cause());
            message.fail(FAULT, address + " failed: " + outcome.cause());
          }
        });
  }

  private static Refused refusal(String address, Throwable cause) {
    if (cause instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
      var text = String.valueOf(reply.getMessage());
      for (var reason : Reason.values()) {
        if (reason.status() == reply.failureCode()) {
          int split = text.indexOf('\n');
          return new Refused(reason, text.substring(0, split), text.substring(split + 1));
        }
      }
      return new Refused(Reason.UNAVAILABLE, text);
    }
    return new Refused(Reason.UNAVAILABLE, address + " gives no answer: " + cause.getMessage());
  }
}
