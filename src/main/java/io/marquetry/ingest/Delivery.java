package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IdentityMessage.Link;
import io.marquetry.bus.IdentityMessage.Linked;
import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IdentityMessage.Split;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Apply;
import io.marquetry.bus.SegmentationMessage.Poisoned;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Reset;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Hands logged events to identity and then to the owners of the profiles, in the order of the log.
 *
 * <p>Where two profiles become one between two events, what comes before is applied first, then the
 * state moves from the one owner to the other, then it goes on; where one is parted in two, both
 * begin anew in between. Everything here may be done twice: owners pass over positions they have
 * seen.
 */
final class Delivery {
  private final Bus bus;
  private final int owners;
  private final ConsentView consent;

  /**
   * @param owners how many instances of segmentation share the profiles
   * @param consent by which events are let into the log
   */
  Delivery(Bus bus, int owners, ConsentView consent) {
    this.bus = bus;
    this.owners = Math.max(1, owners);
    this.consent = consent;
  }

  /** Applies a run of events; the result names those that could not be. */
  Future<List<Poisoned>> deliver(List<Logged> events) {
    return bus.ask(Addresses.LINK, new Link(events)).compose(linked -> apply(events, linked));
  }

  private Future<List<Poisoned>> apply(List<Logged> events, Linked linked) {
    var poisoned = new ArrayList<Poisoned>();
    Future<Void> done = Future.succeededFuture();
    int from = 0;
    for (var move : moves(linked)) {
      int to = from;
      while (to < events.size() && events.get(to).position() < move.position()) {
        to++;
      }
      var run = run(events, linked, from, to);
      done = done.compose(before -> applyRun(run, poisoned)).compose(before -> move.work().get());
      from = to;
    }
    var rest = run(events, linked, from, events.size());
    return done.compose(before -> applyRun(rest, poisoned)).map(poisoned);
  }

  /** What is done to profiles before the event of a position is applied. */
  private record Move(long position, Supplier<Future<Void>> work) {}

  private List<Move> moves(Linked linked) {
    var moves = new ArrayList<Move>(linked.merges().size() + linked.splits().size());
    linked.merges().forEach(merge -> moves.add(new Move(merge.position(), () -> move(merge))));
    linked.splits().forEach(split -> moves.add(new Move(split.position(), () -> part(split))));
    moves.sort(Comparator.comparingLong(Move::position));
    return moves;
  }

  private static List<Resolved> run(List<Logged> events, Linked linked, int from, int to) {
    var run = new ArrayList<Resolved>(to - from);
    for (int i = from; i < to; i++) {
      run.add(new Resolved(linked.profiles().get(i), events.get(i)));
    }
    return run;
  }

  private Future<Void> applyRun(List<Resolved> run, List<Poisoned> poisoned) {
    if (run.isEmpty()) {
      return Future.succeededFuture();
    }
    var byOwner = new ArrayList<List<Resolved>>();
    for (int owner = 0; owner < owners; owner++) {
      byOwner.add(new ArrayList<>());
    }
    run.forEach(event -> byOwner.get(Shards.owner(event.profile(), owners)).add(event));
    var answers = new ArrayList<Future<Applied>>();
    for (int owner = 0; owner < owners; owner++) {
      if (!byOwner.get(owner).isEmpty()) {
        answers.add(bus.ask(Addresses.APPLY.to(owner), apply(byOwner.get(owner))));
      }
    }
    return Future.all(answers)
        .map(
            all -> {
              answers.forEach(answer -> poisoned.addAll(answer.result().poisoned()));
              return null;
            });
  }

  /** An owner that has not heard of a choice must not go by the one before it. */
  private Apply apply(List<Resolved> events) {
    long version = 0;
    for (var event : events) {
      version = Math.max(version, consent.version(event.logged().event().subject().keys()));
    }
    return new Apply(events, version);
  }

  private Future<Void> move(Merge merge) {
    int loser = Shards.owner(merge.from(), owners);
    int winner = Shards.owner(merge.into(), owners);
    return bus.ask(
            Addresses.RELEASE.to(loser), new Release(merge.position(), merge.from(), merge.into()))
        .compose(
            released ->
                released.state() == null
                    ? Future.succeededFuture()
                    : bus.ask(
                            Addresses.ADOPT.to(winner),
                            new Adopt(
                                merge.position(), merge.from(), merge.into(), released.state()))
                        .mapEmpty());
  }

  private Future<Void> part(Split split) {
    return reset(split, split.profile()).compose(done -> reset(split, split.part()));
  }

  private Future<Void> reset(Split split, Id128 profile) {
    var question = new Reset(split.position(), split.site(), profile);
    return bus.ask(Addresses.RESET.to(Shards.owner(profile, owners)), question).mapEmpty();
  }
}
