package io.marquetry.sim;

import io.marquetry.sim.SimulatedBus.Trouble;
import io.marquetry.sim.World.Life;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * What outlives a process, and the unreliable way to it.
 *
 * <p>A statement takes effect all at once, at some moment between being asked for and being
 * answered. It may fail before that or after it, or take long; when its process is killed
 * meanwhile, nobody hears of it, and it takes effect or not.
 */
public final class Disk {
  private static final long LONGEST_STALL_MICROS = 20_000_000;
  private static final Life ALWAYS = new Life();

  private final World world;
  private final SplittableRandom chance;
  private final Trouble trouble;
  private final List<Statement<?>> underWay = new ArrayList<>();
  private long goneUntil;

  /** Whether a statement of a process that was killed may still take effect later. */
  public enum Kind {
    READ,
    /**
     * Several round trips, so that it cannot go on by itself; it is through at once or not at all.
     */
    TRANSACTION,
    /** One round trip: it may be under way in the server for long after its sender is gone. */
    STATEMENT
  }

  /** The store cannot be reached, or did not say what became of the statement. */
  static final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unreachable(String message) {
      super(message, null, false, false);
    }
  }

  Disk(World world, SplittableRandom chance, Trouble trouble) {
    this.world = world;
    this.chance = chance;
    this.trouble = trouble;
  }

  /** Nothing can be reached for some microseconds from now. */
  void goAway(long micros) {
    goneUntil = Math.max(goneUntil, world.now() + micros);
  }

  /** One process' way to the disk. */
  public final class Connection {
    private final Life life;
    private final String name;

    Connection(Life life, String name) {
      this.life = life;
      this.name = name;
    }

    /**
     * Carries out a statement, some time.
     *
     * @param effect what it does and gives, at one moment
     */
    public <T> Future<T> run(Kind kind, String what, Supplier<T> effect) {
      var faults = trouble.now();
      var statement = new Statement<>(life, kind, name + " " + what, effect);
      underWay.add(statement);
      long latency = latency(faults);
      if (chance.nextDouble() < faults.failBefore()) {
        world.later(ALWAYS, latency, () -> statement.fail("before"));
        return statement.outcome.future();
      }
      if (world.now() < goneUntil && chance.nextBoolean()) {
        world.later(ALWAYS, latency, () -> statement.fail("away"));
        return statement.outcome.future();
      }
      long until = latency / 2 + Math.max(0, goneUntil - world.now());
      boolean silent = chance.nextDouble() < faults.failAfter();
      if (silent && kind == Kind.STATEMENT && chance.nextBoolean()) {
        // Given up on while it is still under way in the server.
        world.later(ALWAYS, until, () -> statement.giveUp("meanwhile"));
        world.later(ALWAYS, until + chance.nextLong(LONGEST_STALL_MICROS), statement::takeEffect);
        return statement.outcome.future();
      }
      world.later(
          ALWAYS,
          until,
          () -> {
            statement.takeEffect();
            Runnable end = silent ? () -> statement.fail("after") : statement::answer;
            world.later(ALWAYS, 1 + latency / 2, end);
          });
      return statement.outcome.future();
    }
  }

  private long latency(Faults faults) {
    if (chance.nextDouble() < faults.stall()) {
      return (long) Math.pow(LONGEST_STALL_MICROS, 0.7 + 0.3 * chance.nextDouble());
    }
    return 100 + chance.nextLong(3_000);
  }

  Connection connect(Life life, String name) {
    return new Connection(life, name);
  }

  /** A process was killed: what it had under way is through, or lost, or goes on without it. */
  void crashed(Life life) {
    for (var statement : List.copyOf(underWay)) {
      if (statement.life == life) {
        statement.orphan();
      }
    }
  }

  private final class Statement<T> {
    private final Life life;
    private final Kind kind;
    private final String what;
    private final Supplier<T> effect;
    private final Promise<T> outcome = Promise.promise();
    private boolean through;
    private Future<T> result = Future.failedFuture("not carried out");

    Statement(Life life, Kind kind, String what, Supplier<T> effect) {
      this.life = life;
      this.kind = kind;
      this.what = what;
      this.effect = effect;
    }

    void takeEffect() {
      if (through) {
        return;
      }
      through = true;
      try {
        result = Future.succeededFuture(effect.get());
      } catch (RuntimeException refused) {
        result = Future.failedFuture(refused);
      }
      if (kind != Kind.READ) {
        world.note(what, result.succeeded() ? "done" : result.cause());
      }
    }

    void orphan() {
      if (kind == Kind.STATEMENT && chance.nextInt(3) == 0) {
        return;
      }
      if (!through && kind != Kind.READ && chance.nextBoolean()) {
        takeEffect();
      }
      through = true;
      underWay.remove(this);
    }

    void fail(String when) {
      if (!life.isOver()) {
        through = true;
        giveUp(when);
      }
    }

    void giveUp(String when) {
      if (!life.isOver()) {
        underWay.remove(this);
        world.note(what + " fails", when);
        outcome.tryFail(new Unreachable(what + ": the connection was lost"));
      }
    }

    void answer() {
      underWay.remove(this);
      if (!life.isOver()) {
        result.onComplete(outcome);
      }
    }
  }
}
