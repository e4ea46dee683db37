package io.marquetry.segmentation;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.SegmentationMessage.BeginFill;
import io.marquetry.bus.SegmentationMessage.EndFill;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.bus.SegmentationMessage.Filled;
import io.marquetry.bus.SegmentationMessage.Fills;
import io.marquetry.bus.SegmentationMessage.GetFills;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.platform.Patience;
import io.marquetry.segmentation.core.PlanCompiler;
import io.marquetry.segmentation.core.PlanSource;
import io.marquetry.segmentation.core.ProfileOwner;
import io.marquetry.segmentation.core.Realignment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one instance working by the newest definitions, and by what of them is counted since when.
 *
 * <p>A new behaviour makes three plans: one in which nobody counts it yet, one in which it is
 * counted and its past filled in, and one by which its segments are true of everybody.
 */
final class Plans {
  private static final Logger LOG = LoggerFactory.getLogger(Plans.class);

  /** How long whoever changed a definition waits for its past to be filled in. */
  private static final long AWAITED_MILLIS = 2_000;

  private final Vertx vertx;
  private final ProfileOwner owner;
  private final Realigner realigner;
  private final Runnable arm;
  private final Runnable sweep;
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private @Nullable PlanSource source;

  /**
   * @param arm looks when time changes something next
   * @param sweep brings up to a new plan who is not in memory
   */
  Plans(Vertx vertx, ProfileOwner owner, Realigner realigner, Runnable arm, Runnable sweep) {
    this.vertx = vertx;
    this.owner = owner;
    this.realigner = realigner;
    this.arm = arm;
    this.sweep = sweep;
  }

  /** Whether there is a catalogue, without which nobody knows what to count. */
  boolean isDefined() {
    return source != null;
  }

  /** Works by other definitions from here on, where they matter here. */
  Future<Void> define(Catalogue newest) {
    var read = PlanSource.of(newest);
    if (read.equals(source)) {
      return Future.succeededFuture();
    }
    source = read;
    return replan();
  }

  private Future<Void> replan() {
    var defined = source;
    if (defined == null) {
      return Future.succeededFuture();
    }
    var plan = PlanCompiler.compile(defined, owner.passes());
    plan.faults().forEach((name, fault) -> LOG.warn("{} is switched off: {}", name, fault));
    var need = owner.define(plan);
    if (need != Realignment.NONE) {
      sweep.run();
    }
    var done =
        need == Realignment.NONE
            ? Future.<Void>succeededFuture()
            : realigner.run(need == Realignment.FIELDS).onSuccess(aligned -> arm.run());
    return done.onSuccess(aligned -> tellWhoWaits());
  }

  private boolean isCounted() {
    return owner.plan().unborn().isEmpty() && owner.passes().open().isEmpty();
  }

  private void tellWhoWaits() {
    if (isCounted()) {
      waiting.forEach(Promise::tryComplete);
      waiting.clear();
    }
  }

  /** Completes when every past is filled in, or after a while. */
  Future<Void> counted() {
    if (isCounted()) {
      return Future.succeededFuture();
    }
    var counted = Promise.<Void>promise();
    waiting.add(counted);
    return Patience.limit(vertx, counted.future(), AWAITED_MILLIS).otherwiseEmpty();
  }

  /** Begins to count; events that come from here on are, those before are the pass's. */
  Future<Done> begin(BeginFill begin) {
    owner.begin(begin.pass(), begin.behaviours());
    return replan().map(Done.DONE);
  }

  /** Fills in a page of the past, also of a pass that was over here and is not elsewhere. */
  Future<Filled> fill(Fill page, Function<Fill, Future<Filled>> work) {
    if (!page.events().isEmpty() && owner.passes().isOver(page.pass())) {
      owner.passes().over(page.pass(), false);
      return replan().compose(reopened -> work.apply(page));
    }
    return work.apply(page);
  }

  /** A pass is over everywhere: segments are made true by it. */
  Future<Done> end(EndFill end) {
    owner.passes().reached(end.pass(), owner.passes().farthest(end.pass()));
    if (owner.passes().isOver(end.pass())) {
      return Future.succeededFuture(Done.DONE);
    }
    owner.passes().over(end.pass(), true);
    return replan().map(Done.DONE);
  }

  /** Since when behaviours are counted here, and how far their past is filled in. */
  Fills fills(GetFills asked) {
    var passes = owner.passes();
    var states = new ArrayList<FillState>();
    for (int pass : passes.all()) {
      var segments = new TreeSet<String>();
      if (asked.segments()) {
        passes.behaviours(pass).forEach(one -> segments.addAll(owner.plan().readers(one)));
      }
      states.add(
          new FillState(
              pass,
              passes.behaviours(pass),
              List.copyOf(segments),
              passes.position(pass),
              passes.since(pass),
              passes.isOver(pass)));
    }
    return new Fills(
        states,
        List.copyOf(new TreeSet<>(owner.plan().unborn())),
        owner.applied(),
        owner.isFresh(),
        passes.newest(),
        owner.views().cuts());
  }
}
