package io.marquetry.identity;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IdentityMessage.Action;
import io.marquetry.bus.IdentityMessage.Rearrange;
import io.marquetry.bus.IdentityMessage.Rearranged;
import io.marquetry.bus.IngestMessage;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.identity.core.Change;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Parted;
import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.identity.core.Orders;
import io.marquetry.identity.core.Orders.Order;
import io.marquetry.platform.Patience;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Takes orders to merge, split and release from whoever gives them into the log, and back as done.
 *
 * <p>An order is carried out when it comes by in the log, and after a restart whenever it comes by
 * again; whoever gave it waits for the first time.
 */
final class Rearranger {
  private static final int MAX_WAITING = 100;
  private static final long DONE_WITHIN = 10_000;

  private final Vertx vertx;
  private final Bus bus;
  private final IdentityGraph graph;
  private final Rebuilder rebuilder;
  private final Supplier<UUID> ids;

  /** Orders on their way, by the id under which they are in the log. */
  private final Map<String, Promise<Outcome>> waiting = new HashMap<>();

  private record Outcome(long position, List<Change> changes) {}

  /**
   * @param ids names for orders, none of which ever comes again
   */
  Rearranger(Vertx vertx, Bus bus, IdentityGraph graph, Rebuilder rebuilder, Supplier<UUID> ids) {
    this.vertx = vertx;
    this.bus = bus;
    this.graph = graph;
    this.rebuilder = rebuilder;
    this.ids = ids;
  }

  /** Completes when it is done, and a split's histories are back unless that takes long. */
  Future<Rearranged> rearrange(Rearrange asked) {
    var order = new Order(asked.action(), asked.profile(), asked.part(), asked.since());
    check(order);
    if (waiting.size() >= MAX_WAITING) {
      throw new Refused(Reason.OVERLOADED, "too many orders are on their way");
    }
    var id = "order-" + ids.get();
    var outcome = Promise.<Outcome>promise();
    waiting.put(id, outcome);
    return bus.ask(Addresses.ORDER, new IngestMessage.Order(asked.site(), id, order.toJson()))
        .compose(stored -> Patience.limit(vertx, outcome.future(), DONE_WITHIN))
        .recover(Rearranger::explained)
        .eventually(
            () -> {
              waiting.remove(id);
              return Future.succeededFuture();
            })
        .compose(done -> answer(order, done));
  }

  private static Future<Outcome> explained(Throwable failure) {
    return Future.failedFuture(
        failure instanceof TimeoutException
            ? new Refused(Reason.UNAVAILABLE, "it is in the log, and is done when its turn comes")
            : failure);
  }

  private void check(Order order) {
    var problem = Orders.problem(graph, order);
    if (problem != null) {
      throw new Refused(Reason.CONFLICT, field(order), problem);
    }
    boolean open =
        graph.partings().stream()
            .filter(parting -> !rebuilder.isDone(parting.position()))
            .flatMap(parting -> Stream.of(parting.whole(), parting.part()))
            .map(graph::root)
            .anyMatch(graph.root(order.profile())::equals);
    if (open && (order.action() == Action.SPLIT || order.action() == Action.UNMERGE)) {
      throw new Refused(
          Reason.CONFLICT, field(order), "the profile is being rebuilt after a split; try again");
    }
  }

  private static String field(Order order) {
    return order.action() == Action.RELEASE ? "id" : "part";
  }

  /** An order came by in the log; what it changed is here, empty where it had come by before. */
  void carriedOut(long position, Event event, List<Change> changes) {
    for (var change : changes) {
      if (change instanceof Parted) {
        rebuilder.add(position, since(event));
      }
    }
    var outcome = waiting.get(event.messageId());
    if (outcome != null) {
      outcome.tryComplete(new Outcome(position, changes));
    }
  }

  private static long since(Event event) {
    return event.object(Orders.FLAG).get("since") instanceof Number since ? since.longValue() : 0;
  }

  private Future<Rearranged> answer(Order order, Outcome done) {
    if (done.changes().isEmpty()) {
      throw new Refused(
          Reason.CONFLICT, field(order), "something else was faster; look again and decide anew");
    }
    long position = done.position();
    return switch (done.changes().getFirst()) {
      case Joined join ->
          Future.succeededFuture(new Rearranged(position, join.into(), join.from(), true));
      case Parted parted ->
          Patience.limit(vertx, rebuilder.done(position), DONE_WITHIN)
              .transform(
                  outcome ->
                      Future.succeededFuture(
                          new Rearranged(
                              position, parted.whole(), parted.part(), outcome.succeeded())));
      default ->
          Future.succeededFuture(new Rearranged(position, order.profile(), order.part(), true));
    };
  }
}
