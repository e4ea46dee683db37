package io.marquetry.sim;

import io.marquetry.bus.Addresses;
import io.marquetry.sim.World.Life;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The event bus of one process, which keeps no promise but the one to answer a request at last:
 * with a reply, or with its deadline.
 *
 * <p>Between two verticles messages keep their order, as on a real bus, unless the run's faults say
 * otherwise.
 */
final class SimulatedBus {
  private static final long LONGEST_DELAY_MICROS = 60_000_000;

  private static final String KEPT = Addresses.PROFILES_CHANGED.address();
  private static final String ONCE = Addresses.SET_CONSENT.address();

  private final World world;
  private final Life life;
  private final SplittableRandom chance;
  private final Trouble trouble;
  private final Map<String, List<Consumer>> consumers = new LinkedHashMap<>();
  private final Map<String, Integer> turns = new HashMap<>();
  private long lastArrival;

  /** What is going wrong at the moment. */
  interface Trouble {
    Faults now();
  }

  SimulatedBus(World world, Life life, SplittableRandom chance, Trouble trouble) {
    this.world = world;
    this.life = life;
    this.chance = chance;
    this.trouble = trouble;
  }

  /** A vertx for one verticle on this bus. */
  Vertx join(String name) {
    var node = new Node(name);
    return SimulatedVertx.of(
        world,
        life,
        SimulatedVertx.proxy(
            EventBus.class,
            (proxy, method, arguments) ->
                node.call((EventBus) proxy, method.getName(), arguments)));
  }

  /** When everything sent so far will have arrived, in microseconds since the beginning. */
  long lastArrival() {
    return lastArrival;
  }

  /** When the last message to a node will have arrived, so that the next one comes behind it. */
  private long arrival(Node from, Node to, long delay) {
    long at = world.now() + delay;
    if (!trouble.now().reorder()) {
      at = Math.max(at, from.lastTo.getOrDefault(to, 0L) + 1);
      from.lastTo.put(to, at);
    }
    lastArrival = Math.max(lastArrival, at);
    return at - world.now();
  }

  /** Has something arrive never, once or twice. */
  private void carry(Node from, Node to, String what, Object body, Runnable arrive) {
    var faults = trouble.now();
    if (chance.nextDouble() < faults.drop() && !what.equals(KEPT)) {
      world.note("lost", what, body);
      return;
    }
    var most = what.equals(ONCE) ? Faults.NONE : faults;
    world.later(life, arrival(from, to, delay(most)), arrive);
    if (chance.nextDouble() < faults.duplicate() && !what.equals(ONCE)) {
      world.note("twice", what);
      world.later(life, arrival(from, to, delay(faults)), arrive);
    }
  }

  private long delay(Faults faults) {
    if (chance.nextDouble() < faults.delay()) {
      return (long) Math.pow(LONGEST_DELAY_MICROS, 0.5 + chance.nextDouble() / 2);
    }
    long most = faults.reorder() ? 20_000 : 300;
    return 20 + chance.nextLong(most);
  }

  /** One verticle's end of the bus. */
  private final class Node {
    private final String name;
    private final Map<Node, Long> lastTo = new HashMap<>();

    Node(String name) {
      this.name = name;
    }

    @SuppressWarnings("unchecked")
    Object call(EventBus self, String method, @Nullable Object[] arguments) {
      var address = (String) SimulatedVertx.value(arguments, 0);
      var second = SimulatedVertx.value(arguments, 1);
      return switch (method) {
        case "request" ->
            request(address, second, (DeliveryOptions) SimulatedVertx.value(arguments, 2));
        case "publish" -> {
          publish(address, second);
          yield self;
        }
        case "consumer" -> consume(address, (Handler<Message<Object>>) second);
        default -> throw new UnsupportedOperationException("not simulated: EventBus." + method);
      };
    }

    @SuppressWarnings("unchecked") // a class does not say of what
    private MessageConsumer<Object> consume(String address, Handler<Message<Object>> handler) {
      var consumer = new Consumer(this, address, handler);
      consumers.computeIfAbsent(address, key -> new ArrayList<>()).add(consumer);
      return SimulatedVertx.proxy(
          MessageConsumer.class,
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "completion" -> Future.succeededFuture();
                case "unregister" -> {
                  consumers.getOrDefault(address, List.of()).remove(consumer);
                  yield Future.succeededFuture();
                }
                default ->
                    throw new UnsupportedOperationException("not simulated: MessageConsumer");
              });
    }

    private void publish(String address, Object body) {
      world.note(name + " publishes " + address, body);
      for (var consumer : consumers.getOrDefault(address, List.of())) {
        carry(
            this,
            consumer.node(),
            address,
            body,
            () -> consumer.take(new Delivered(address, body, null, consumer.node())));
      }
    }

    private Future<Message<Object>> request(String address, Object body, DeliveryOptions options) {
      var exchange = new Exchange(this, address);
      var served = consumers.getOrDefault(address, List.of());
      if (served.isEmpty()) {
        world.later(
            life,
            50,
            () -> exchange.fail(ReplyFailure.NO_HANDLERS, "No handlers for address " + address));
        return exchange.reply.future();
      }
      world.note(name + " asks " + address, body);
      var consumer = served.get(turns.merge(address, 1, Integer::sum) % served.size());
      carry(
          this,
          consumer.node(),
          address,
          body,
          () -> consumer.take(new Delivered(address, body, exchange, consumer.node())));
      world.later(
          life,
          options.getSendTimeout() * 1_000,
          () -> exchange.fail(ReplyFailure.TIMEOUT, "Timed out asking " + address));
      return exchange.reply.future();
    }
  }

  /** Whoever serves or listens. */
  private record Consumer(Node node, String address, Handler<Message<Object>> handler) {
    void take(Delivered message) {
      handler.handle(message);
    }
  }

  /** A question on its way to an answer. */
  private final class Exchange {
    private final Node asker;
    private final String address;
    private final Promise<Message<Object>> reply = Promise.promise();

    Exchange(Node asker, String address) {
      this.asker = asker;
      this.address = address;
    }

    void fail(ReplyFailure kind, String text) {
      if (reply.tryFail(new ReplyException(kind, text))) {
        world.note(asker.name + " gives up on " + address, kind);
      }
    }

    void answer(Node from, Object body) {
      world.note(from.name + " answers " + address, body);
      carry(from, asker, "answer of " + address, body, () -> arrive(from, body));
    }

    private void arrive(Node from, Object body) {
      if (body instanceof ReplyException failure) {
        reply.tryFail(failure);
      } else {
        reply.tryComplete(new Delivered(address, body, null, from));
      }
    }
  }

  /** A message where it arrived. */
  private record Delivered(
      String address, Object content, @Nullable Exchange exchange, Node recipient)
      implements Message<Object> {
    @Override
    public MultiMap headers() {
      return MultiMap.caseInsensitiveMultiMap();
    }

    @Override
    public Object body() {
      return content;
    }

    @Override
    public @Nullable String replyAddress() {
      return exchange == null ? null : "reply";
    }

    @Override
    public boolean isSend() {
      return exchange != null;
    }

    @Override
    public void reply(@Nullable Object message, DeliveryOptions options) {
      if (exchange != null && message != null) {
        exchange.answer(recipient, message);
      }
    }

    @Override
    public <R> Future<Message<R>> replyAndRequest(
        @Nullable Object message, DeliveryOptions options) {
      throw new UnsupportedOperationException("not simulated: replyAndRequest");
    }
  }
}
