package io.marquetry.sim;

import io.marquetry.sim.World.Life;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Timer;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * As much of {@link Vertx} as the stages use, for one verticle: timers on virtual time and the
 * simulated bus. Whatever else is asked of it fails, so that no stage can come to rest on a real
 * clock or thread without being noticed.
 */
final class SimulatedVertx implements InvocationHandler {
  private final World world;
  private final Life life;
  private final EventBus bus;
  private final Set<Long> timers = new HashSet<>();
  private long lastTimer;

  private SimulatedVertx(World world, Life life, EventBus bus) {
    this.world = world;
    this.life = life;
    this.bus = bus;
  }

  /** A vertx for one verticle of a process. */
  static Vertx of(World world, Life life, EventBus bus) {
    return proxy(Vertx.class, new SimulatedVertx(world, life, bus));
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  @SuppressWarnings("unchecked")
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object[] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "eventBus" -> {
        return bus;
      }
      case "setTimer" -> {
        return timer((long) value(arguments, 0), 0, (Handler<Long>) value(arguments, 1));
      }
      case "setPeriodic" -> {
        if (arguments.length == 3) {
          return timer(
              (long) value(arguments, 0),
              (long) value(arguments, 1),
              (Handler<Long>) value(arguments, 2));
        }
        long every = (long) value(arguments, 0);
        return timer(every, every, (Handler<Long>) value(arguments, 1));
      }
      case "timer" -> {
        return pause((long) value(arguments, 0));
      }
      case "cancelTimer" -> {
        return timers.remove((Long) value(arguments, 0));
      }
      case "runOnContext" -> {
        var work = (Handler<Void>) value(arguments, 0);
        world.later(life, 0, () -> run(work));
        return null;
      }
      default -> throw new UnsupportedOperationException("not simulated: " + method);
    }
  }

  /** A timer to wait for. */
  private Timer pause(long delay) {
    var over = Promise.<Void>promise();
    timer(delay, 0, fired -> over.complete());
    return proxy(Timer.class, (self, method, arguments) -> method.invoke(over.future(), arguments));
  }

  @SuppressWarnings("NullAway") // a handler of nothing is given nothing
  private static void run(Handler<Void> work) {
    work.handle(null);
  }

  static Object value(@Nullable Object[] arguments, int index) {
    var value = arguments[index];
    if (value == null) {
      throw new IllegalArgumentException("argument " + index + " is null");
    }
    return value;
  }

  private long timer(long delay, long every, Handler<Long> handler) {
    if (delay < 1) {
      throw new IllegalArgumentException("Cannot schedule a timer with delay < 1 ms");
    }
    long id = ++lastTimer;
    timers.add(id);
    plan(id, delay, every, handler);
    return id;
  }

  private void plan(long id, long delay, long every, Handler<Long> handler) {
    world.later(
        life,
        delay * 1_000,
        () -> {
          if (!timers.contains(id)) {
            return;
          }
          if (every > 0) {
            plan(id, every, every, handler);
          } else {
            timers.remove(id);
          }
          handler.handle(id);
        });
  }
}
