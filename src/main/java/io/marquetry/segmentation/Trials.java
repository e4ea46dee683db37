package io.marquetry.segmentation;

import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.bus.SegmentationMessage.TryCondition;
import io.marquetry.condition.Condition;
import io.marquetry.condition.MalformedConditionException;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.Preview;
import io.marquetry.segmentation.core.ProfileOwner;
import io.marquetry.segmentation.core.StoredProfile;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Tries conditions on a sample of the profiles, a few a turn.
 *
 * <p>Where everybody is in memory they are drawn from there. Otherwise those in memory are the ones
 * who came lately, and no fair sample: then a stretch of the store is read. Profiles stand there in
 * the order of ids, which are hashes and say nothing about anybody; first of all those whose last
 * events are remembered, who alone can be asked about behaviour that nobody counts.
 */
final class Trials {
  private static final int MOST = 100_000;
  private static final int MOST_STORED = 2_000;
  private static final int PROFILES_A_TURN = 200;

  private final Holdings held;
  private final ProfileOwner owner;

  Trials(Holdings held) {
    this.held = held;
    this.owner = held.owner();
  }

  /** For how many of a sample a condition holds now. */
  Future<Tried> run(TryCondition asked) {
    if (!held.mayWork()) {
      throw new Refused(Refused.Reason.UNAVAILABLE, "consent is not known at the moment");
    }
    var preview = new Preview(parse(asked));
    var tried = owner.isComplete() ? inMemory(asked, preview) : new Stretch(asked, preview).read();
    return tried.map(done -> preview.result(owner.views().size("")));
  }

  private static Condition parse(TryCondition asked) {
    try {
      return Condition.parse(asked.condition());
    } catch (MalformedConditionException e) {
      var path = "condition" + e.path().substring(Math.min(1, e.path().length()));
      throw new Refused(Refused.Reason.INVALID, path, String.valueOf(e.getMessage()));
    }
  }

  private Future<Void> inMemory(TryCondition asked, Preview preview) {
    var ids = owner.views().ids();
    if (owner.views().asksBack(preview)) {
      ids = Arrays.stream(ids).filter(owner.views()::isRemembered).toArray(Id128[]::new);
    }
    int drawn = Preview.draw(ids, Math.clamp(asked.sample(), 0, MOST), asked.seed());
    var done = Promise.<Void>promise();
    turn(ids, 0, drawn, preview, done);
    return done.future();
  }

  private void turn(Id128[] ids, int from, int drawn, Preview preview, Promise<Void> done) {
    var moment = held.moment();
    int to = Math.min(drawn, from + PROFILES_A_TURN);
    for (int i = from; i < to; i++) {
      owner.views().preview(ids[i], preview, moment);
    }
    if (to < drawn) {
      held.vertx().runOnContext(later -> turn(ids, to, drawn, preview, done));
    } else {
      done.complete();
    }
  }

  /**
   * Profiles in the order of the store, from somewhere on, and from the beginning after the end.
   */
  private final class Stretch {
    private final Preview preview;
    private final boolean asksBack;
    private final boolean fromTheBeginning;
    private final Id128 start;
    private int wanted;
    private boolean turned;

    Stretch(TryCondition asked, Preview preview) {
      this.preview = preview;
      wanted = Math.clamp(asked.sample(), 0, MOST_STORED);
      asksBack = owner.views().asksBack(preview);
      fromTheBeginning = asksBack || owner.views().size("") <= wanted;
      var random = new SplittableRandom(asked.seed());
      start = fromTheBeginning ? Holdings.FIRST : new Id128(random.nextLong(), random.nextLong());
    }

    Future<Void> read() {
      return read(start);
    }

    private Future<Void> read(Id128 after) {
      int limit = Math.min(wanted, PROFILES_A_TURN);
      if (limit == 0) {
        return Future.succeededFuture();
      }
      return held.readBehind(after, limit)
          .compose(
              rows -> {
                rows.forEach(this::look);
                if (rows.size() == limit) {
                  return read(rows.getLast().profile());
                }
                boolean end = turned || fromTheBeginning;
                turned = true;
                return end ? Future.succeededFuture() : read(Holdings.FIRST);
              });
    }

    private void look(StoredProfile row) {
      boolean round = turned && row.profile().compareTo(start) > 0;
      if (round || (asksBack && !owner.views().isRemembered(row.profile()))) {
        wanted = 0; // nobody behind is wanted
      } else if (wanted > 0) {
        owner.views().preview(row, preview, held.moment());
        wanted--;
      }
    }
  }
}
