package io.marquetry.sim;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Ask;
import io.marquetry.bus.BusMessage;
import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.bus.SegmentationMessage.GetFills;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.sim.World.Broken;
import io.marquetry.sim.World.Life;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: people use an installation while things go wrong; then everything is healed, comes to
 * rest, and is checked; then it is started anew and checked once more.
 */
final class Simulation {
  private static final long SECOND = 1_000_000;
  private static final long PATIENCE = 400 * SECOND;
  private static final int ATTEMPTS = 5;
  private static final long MOST_STEPS = 3_000_000;
  private static final Life OUTSIDE = new Life();

  private final World world;
  private final SplittableRandom chance;
  private final Faults faults;
  private final Shape shape;
  private final Installation installation;
  private final Shop shop;
  private final Office office;
  private Segments segments;

  /** What a run came to. */
  record Outcome(long seed, @Nullable Broken problem, long steps, long digest, World world) {
    /** What was wrong; empty where nothing was. */
    String message() {
      return problem == null ? "" : String.valueOf(problem.getMessage());
    }

    /** What was noted last. */
    String trace() {
      return world.trace();
    }
  }

  private Simulation(long seed, Consumer<Installation> sabotage) {
    world = new World(seed);
    chance = world.chance();
    faults = Faults.draw(chance);
    shape = new Shape(chance);
    boolean granted = chance.nextInt(4) > 0;
    segments = new Segments(1, granted, chance);
    installation = new Installation(world, shape, faults, segments.catalogue());
    sabotage.accept(installation);
    shop = new Shop(world, installation, 1 + chance.nextInt(5));
    office = new Office(world, installation, shop);
    plan(granted);
  }

  /** Runs one seed. */
  static Outcome run(long seed) {
    return run(seed, installation -> {});
  }

  /** Runs one seed on an installation that was tampered with. */
  static Outcome run(long seed, Consumer<Installation> sabotage) {
    var simulation = new Simulation(seed, sabotage);
    var world = simulation.world;
    @Nullable Broken problem = null;
    var said = Said.by(world);
    try {
      simulation.run();
    } catch (Broken broken) {
      problem = broken;
    } finally {
      said.close();
    }
    return new Outcome(seed, problem, world.taken(), world.digest(), world);
  }

  private void plan(boolean granted) {
    for (int i = 0; i < faults.crashes(); i++) {
      long pause = 10_000 + chance.nextLong(3 * SECOND);
      boolean kind = chance.nextInt(4) == 0;
      sometime(
          () -> {
            if (kind) {
              installation.restart();
            } else {
              installation.crash(pause);
            }
          });
    }
    for (int i = 0; i < faults.outages(); i++) {
      long length = SECOND / 2 + chance.nextLong(12 * SECOND);
      sometime(() -> installation.cutOff(length));
    }
    for (int orders = chance.nextInt(3) * chance.nextInt(4); orders > 0; orders--) {
      sometime(office::order);
    }
    int versions = 1 + chance.nextInt(4);
    for (int version = 2; version <= versions; version++) {
      var next = new Segments(version, granted, chance);
      sometime(
          () -> {
            if (installation.catalogue().revision() < next.catalogue().revision()) {
              segments = next;
              installation.define(next.catalogue());
            }
          });
    }
  }

  private void sometime(Runnable work) {
    world.later(OUTSIDE, chance.nextLong(90 * SECOND), work);
  }

  private void run() {
    world.note("seed " + world.seed(), faults);
    world.runUntil(20 * SECOND);
    until("people do not come to an end", shop::isEmpty);
    world.runUntil(Math.max(world.now(), 91 * SECOND));
    installation.heal();
    shop.hurry();
    world.runUntil(Math.max(world.now(), installation.lastArrival()));
    rest();
    check();
    if (chance.nextBoolean()) {
      installation.restart();
    } else {
      installation.crash(SECOND);
    }
    world.runUntil(world.now() + SECOND);
    rest();
    check();
  }

  private void rest() {
    until("events are not acknowledged", () -> installation.isUp() && shop.open() == 0);
    until("what is stored is not applied", this::isApplied);
    until("the past of a behaviour is not filled in", this::isCounted);
    until("a split is not over", () -> Checker.isRebuilt(installation));
    world.runUntil(world.now() + 8 * SECOND);
  }

  private boolean isApplied() {
    var pong = asking.ask(Addresses.ping("ingest").to(0), new Ping());
    return pong.state().equals("ready") && pong.lag() == 0 && decidersAreReady();
  }

  private boolean isCounted() {
    for (int i = 0; i < shape.segmentations(); i++) {
      var fills = asking.ask(Addresses.FILLS.to(i), new GetFills(false));
      if (!fills.unborn().isEmpty() || !fills.fills().stream().allMatch(FillState::over)) {
        return false;
      }
    }
    return true;
  }

  private boolean decidersAreReady() {
    for (int i = 0; i < shape.decisionings(); i++) {
      if (!asking.ask(Addresses.ping("decisioning").to(i), new Ping()).state().equals("ready")) {
        return false;
      }
    }
    return true;
  }

  private void until(String otherwise, BooleanSupplier condition) {
    long begun = world.now();
    while (!condition.getAsBoolean()) {
      if (world.now() - begun > PATIENCE) {
        throw new Broken(otherwise);
      }
      if (world.taken() > MOST_STEPS) {
        throw new Broken("it does not come to rest");
      }
      world.runUntil(world.now() + SECOND / 2);
    }
  }

  private void check() {
    var checker = new Checker(shape, shop, office, installation, segments, asking);
    until("time changes something for ever", () -> !checker.isUnsettled());
    checker.log();
    checker.consent();
    checker.state();
  }

  private final Checker.Asking asking =
      new Checker.Asking() {
        @Override
        public <Q extends BusMessage, A extends BusMessage> A ask(Ask<Q, A> ask, Q question) {
          for (int attempt = 1; ; attempt++) {
            var answer = installation().ask(ask, question);
            while (!answer.isComplete()) {
              world().runUntil(world().now() + 200);
            }
            if (answer.succeeded()) {
              return answer.result();
            }
            // What was begun before everything was healed may still fail.
            if (attempt == ATTEMPTS) {
              throw new Broken(ask.address() + " was not answered: " + answer.cause());
            }
            world().runUntil(world().now() + SECOND);
          }
        }

        @Override
        public long millis() {
          return world().millis();
        }
      };

  private World world() {
    return world;
  }

  private Installation installation() {
    return installation;
  }
}
