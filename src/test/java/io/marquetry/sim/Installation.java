package io.marquetry.sim;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Ask;
import io.marquetry.bus.Bus;
import io.marquetry.bus.BusMessage;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Define;
import io.marquetry.consent.ConsentOnDisk;
import io.marquetry.decisioning.DecisionsOnDisk;
import io.marquetry.identity.IdentityOnDisk;
import io.marquetry.ingest.EventsOnDisk;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Topology.Placement;
import io.marquetry.segmentation.ProfilesOnDisk;
import io.marquetry.sim.Disk.Connection;
import io.marquetry.sim.World.Life;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * An installation of the server: its disk, and the process that runs on it, which is killed and
 * started again.
 */
final class Installation {
  private static final long MILLI = 1_000;
  private static final long START_LIMIT = 60_000 * MILLI;
  private static final long DRAIN_LIMIT = 15_000 * MILLI;
  private static final Life OUTSIDE = new Life();

  final ConsentOnDisk consents = new ConsentOnDisk();
  final IdentityOnDisk identities = new IdentityOnDisk();
  final ProfilesOnDisk profiles = new ProfilesOnDisk();
  final DecisionsOnDisk decisions = new DecisionsOnDisk();
  final EventsOnDisk events;

  private final World world;
  private final Shape shape;
  private final SplittableRandom chance;
  private final Disk disk;
  private Faults faults;
  private Catalogue catalogue;
  private Process process;
  private boolean forgetful;

  Installation(World world, Shape shape, Faults faults, Catalogue catalogue) {
    this.world = world;
    this.events = new EventsOnDisk(Shape.SECRET, world::now);
    this.shape = shape;
    this.faults = faults;
    this.catalogue = catalogue;
    this.chance = world.chance();
    this.disk = new Disk(world, world.chance(), () -> this.faults);
    this.process = new Process();
    process.start();
  }

  /** From now on nothing goes wrong any more. */
  void heal() {
    world.note("everything is healed");
    faults = Faults.NONE;
  }

  /** When everything on its way will have arrived, in microseconds since the beginning. */
  long lastArrival() {
    return process.bus.lastArrival();
  }

  /** Whether all components are up and work by the newest definitions. */
  boolean isUp() {
    return process.up && !process.life.isOver() && process.behind.isEmpty();
  }

  /** The store is gone for a while. */
  void cutOff(long micros) {
    world.note("the store is away for " + micros / MILLI + " ms");
    disk.goAway(micros);
  }

  /** Kills the process; another one is started after some microseconds. */
  void crash(long pause) {
    if (process.life.isOver()) {
      return;
    }
    world.note("the process is killed");
    process.end();
    world.later(OUTSIDE, pause, this::startAgain);
  }

  /** Stops the process as on SIGTERM and starts another one. */
  void restart() {
    if (process.life.isOver()) {
      return;
    }
    world.note("the process is told to stop");
    process.stop().onComplete(stopped -> crash(100 * MILLI));
  }

  private void startAgain() {
    if (process.life.isOver()) {
      process = new Process();
      process.start();
    }
  }

  /** From now on owners of profiles hear of other definitions only as they start. */
  void forgetToTell() {
    forgetful = true;
  }

  /** Publishes other definitions. */
  void define(Catalogue next) {
    world.note("the definitions become " + next.version());
    catalogue = next;
    process.handOver();
  }

  Catalogue catalogue() {
    return catalogue;
  }

  /** Asks as the HTTP face does; fails at once where the process is killed meanwhile. */
  <Q extends BusMessage, A extends BusMessage> Future<A> ask(Ask<Q, A> ask, Q question) {
    return process.ask(ask, question);
  }

  private final class Process {
    private final Life life = new Life();
    private final SimulatedBus bus = new SimulatedBus(world, life, chance.split(), () -> faults);
    private final Bus door = Bus.of(bus.join("http"));
    private final Bus definitions = Bus.of(bus.join("catalogue"));
    private final List<Promise<?>> waiting = new ArrayList<>();
    private final ArrayDeque<VerticleBase> running = new ArrayDeque<>();
    private boolean up;
    private final Set<String> behind = new HashSet<>();

    void start() {
      world.note("a process starts");
      Future<?> done =
          definitions.serve(Addresses.CATALOGUE, asked -> Future.succeededFuture(catalogue));
      for (var placement : shape.placements()) {
        done = done.compose(before -> deploy(placement));
      }
      done.onSuccess(
              all -> {
                world.note("the process is up");
                up = true;
                handOver();
              })
          .onFailure(
              cause -> {
                world.note("the process cannot start", cause);
                crash(300 * MILLI);
              });
      world.later(
          life,
          START_LIMIT,
          () -> {
            if (!up) {
              crash(300 * MILLI);
            }
          });
    }

    private Future<?> deploy(Placement placement) {
      var started = new ArrayList<Future<?>>();
      for (int i = 0; i < placement.instances(); i++) {
        var name = placement.component() + "-" + i;
        var verticle = verticle(shape.context(world, placement, i), disk.connect(life, name));
        running.push(verticle);
        started.add(start(verticle, name));
      }
      return Future.all(started);
    }

    @SuppressWarnings("NullAway") // no stage looks at its context
    private Future<?> start(VerticleBase verticle, String name) {
      try {
        verticle.init(bus.join(name), null);
        return verticle.start();
      } catch (Exception e) {
        return Future.failedFuture(e);
      }
    }

    private VerticleBase verticle(ComponentContext context, Connection connection) {
      return switch (context.component()) {
        case "consent" -> consents.verticle(context, connection);
        case "identity" -> identities.verticle(context, connection);
        case "segmentation" -> profiles.verticle(context, connection);
        case "decisioning" -> decisions.verticle(context, connection);
        case "ingest" -> events.verticle(context, connection);
        default -> throw new IllegalStateException(context.component());
      };
    }

    /** Whoever takes in work stops first; none is waited for longer than a while. */
    Future<?> stop() {
      up = false;
      Future<?> stopped = Future.succeededFuture();
      for (var verticle : running) {
        stopped = stopped.compose(before -> stop(verticle));
      }
      return stopped;
    }

    private Future<?> stop(VerticleBase verticle) {
      var done = Promise.<Void>promise();
      world.later(life, DRAIN_LIMIT, done::tryComplete);
      try {
        verticle.stop().onComplete(stopped -> done.tryComplete());
      } catch (Exception e) {
        world.note("a verticle did not stop", e);
        done.tryComplete();
      }
      return done.future();
    }

    void end() {
      life.end();
      disk.crashed(life);
      List.copyOf(waiting).forEach(one -> one.tryFail("the connection is gone"));
    }

    /** Tells every instance of the newest definitions, until it has confirmed them. */
    void handOver() {
      for (var placement : shape.placements()) {
        for (int i = 0; i < placement.instances(); i++) {
          behind.add(placement.component() + i);
          handOver(placement.component(), i, catalogue);
        }
      }
    }

    private void handOver(String component, int instance, Catalogue given) {
      if (given != catalogue) {
        return;
      }
      if (forgetful && given.revision() > 1 && component.equals("segmentation")) {
        behind.remove(component + instance);
        return;
      }
      definitions
          .ask(Addresses.define(component).to(instance), new Define(given))
          .onSuccess(
              done -> {
                if (given == catalogue) {
                  behind.remove(component + instance);
                }
              })
          .onFailure(
              cause -> world.later(life, 500 * MILLI, () -> handOver(component, instance, given)));
    }

    <Q extends BusMessage, A extends BusMessage> Future<A> ask(Ask<Q, A> ask, Q question) {
      var answer = Promise.<A>promise();
      if (life.isOver()) {
        answer.fail("nobody is there");
        return answer.future();
      }
      waiting.add(answer);
      door.ask(ask, question)
          .onComplete(
              outcome -> {
                waiting.remove(answer);
                if (outcome.succeeded()) {
                  answer.tryComplete(outcome.result());
                } else {
                  answer.tryFail(outcome.cause());
                }
              });
      return answer.future();
    }
  }
}
