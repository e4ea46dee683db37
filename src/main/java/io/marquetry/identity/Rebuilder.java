package io.marquetry.identity;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IngestMessage.EventsOf;
import io.marquetry.bus.IngestMessage.GetEventsOf;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.identity.core.LinkRule;
import io.marquetry.identity.core.Parting;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives both sides of a split what each did before, from the log.
 *
 * <p>One split is worked on at a time, behind what visitors do now: a stretch of the log is read,
 * its events are told to the side they belong to, then the next. Whatever goes wrong, or moves in
 * between, the telling is begun again; what is open is known from the journal after a restart.
 */
final class Rebuilder {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuilder.class);
  private static final long AGAIN_MILLIS = 250;

  private final Vertx vertx;
  private final Bus bus;
  private final IdentityStore store;
  private final IdentityGraph graph;
  private final LinkRule rule;
  private final int owners;

  /** By position, the oldest first: not done, and when it will be. */
  private final Map<Long, Promise<Void>> open = new LinkedHashMap<>();

  private final Map<Long, Long> since = new HashMap<>();
  private boolean working;
  private boolean stopped;

  /**
   * @param owners how many instances of segmentation share the profiles; without any, nothing is
   *     rebuilt
   */
  Rebuilder(
      Vertx vertx, Bus bus, IdentityStore store, IdentityGraph graph, LinkRule rule, int owners) {
    this.vertx = vertx;
    this.bus = bus;
    this.store = store;
    this.graph = graph;
    this.rule = rule;
    this.owners = owners;
  }

  /** Goes on with what was open when the process ended. */
  Future<Void> start() {
    return store
        .rebuilt()
        .map(
            done -> {
              for (var parting : graph.partings()) {
                if (!done.contains(parting.position())) {
                  open.put(parting.position(), Promise.promise());
                }
              }
              later();
              return null;
            });
  }

  void stop() {
    stopped = true;
  }

  /** Whether both sides of a split have their histories. */
  boolean isDone(long position) {
    return !open.containsKey(position);
  }

  /** How many splits are not done. */
  int open() {
    return open.size();
  }

  /** Completes when both sides of the split have their histories. */
  Future<Void> done(long position) {
    var promise = open.get(position);
    return promise == null ? Future.succeededFuture() : promise.future();
  }

  /**
   * A profile was split.
   *
   * @param from no event of it arrived before
   */
  void add(long position, long from) {
    open.putIfAbsent(position, Promise.promise());
    since.put(position, from);
    later();
  }

  private void later() {
    if (!working && !stopped && !open.isEmpty() && owners > 0) {
      working = true;
      vertx.setTimer(AGAIN_MILLIS / 10, timer -> next());
    }
  }

  private void next() {
    long position = open.keySet().iterator().next();
    var parting =
        graph.partings().stream()
            .filter(one -> one.position() == position)
            .findFirst()
            .orElseThrow();
    new Telling(parting)
        .run()
        .compose(told -> store.rebuilt(position))
        .onComplete(
            outcome -> {
              working = false;
              if (outcome.succeeded()) {
                since.remove(position);
                var promise = open.remove(position);
                if (promise != null) {
                  promise.complete();
                }
                later();
              } else if (!stopped) {
                LOG.debug("the split at {} waits: {}", position, outcome.cause().toString());
                working = true;
                vertx.setTimer(AGAIN_MILLIS, timer -> next());
              }
            });
  }

  /** The telling of one split, from the beginning of the log to the split. */
  private final class Telling {
    private final Parting parting;
    private final Set<Id128> keys = new HashSet<>();

    /** Both sides, but for one that was split again since: it is told then. */
    private final List<Id128> sides = new ArrayList<>(2);

    private final Map<Id128, Id128> homes = new HashMap<>();
    private boolean begun;

    Telling(Parting parting) {
      this.parting = parting;
    }

    Future<Void> run() {
      for (var side : List.of(parting.whole(), parting.part())) {
        if (!graph.isRenewed(side, parting.position())) {
          var home = graph.root(side);
          sides.add(side);
          homes.put(side, home);
          keys.addAll(graph.connected(home));
        }
      }
      keys.addAll(parting.nodes());
      return sides.isEmpty() ? Future.succeededFuture() : read(-1);
    }

    private Future<Void> read(long after) {
      var done = Promise.<Void>promise();
      readOn(after, done);
      return done.future();
    }

    /** Stretch by stretch without nesting futures, since the log may be long. */
    private void readOn(long after, Promise<Void> done) {
      var wanted =
          new GetEventsOf(
              parting.site(),
              List.copyOf(keys),
              after,
              parting.position(),
              since.getOrDefault(parting.position(), 0L));
      bus.ask(Addresses.EVENTS_OF, wanted)
          .compose(found -> tell(found).map(found))
          .onFailure(done::fail)
          .onSuccess(
              found -> {
                if (found.end()) {
                  done.complete();
                } else if (stopped) {
                  done.fail("stopped");
                } else {
                  readOn(found.reached(), done);
                }
              });
    }

    private Future<Void> tell(EventsOf found) {
      boolean first = !begun;
      begun = true;
      var told = new ArrayList<Future<?>>();
      for (var side : sides) {
        var events = events(found.events(), side);
        if (first || found.end() || !events.isEmpty()) {
          told.add(tell(side, first, events, found.end()));
        }
      }
      return Future.all(told).mapEmpty();
    }

    private Future<?> tell(Id128 side, boolean first, List<Resolved> events, boolean last) {
      var home = homes.getOrDefault(side, side);
      if (!graph.root(home).equals(home)) {
        return Future.failedFuture(home + " went up in another meanwhile");
      }
      var question = new Rebuild(parting.position(), side, home, first, events, last);
      return bus.ask(Addresses.REBUILD.to(Shards.owner(home, owners)), question);
    }

    private List<Resolved> events(List<Logged> all, Id128 side) {
      var events = new ArrayList<Resolved>();
      for (var logged : all) {
        var whose = rule.whose(logged.position(), logged.event(), parting.position());
        if (side.equals(whose.holder())) {
          events.add(new Resolved(whose.then(), logged));
        }
      }
      return events;
    }
  }
}
