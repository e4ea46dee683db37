package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Condition;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tries a condition that is no segment yet on some profiles.
 *
 * <p>Changes nothing. Design note: behaviour that is counted already is answered by its counts. Of
 * what is not, the last events of visitors are asked ({@link Hindsight}), of those of whom they are
 * kept ({@link Panel}). Where they do not reach far enough to be sure, the visitor counts by what
 * they say, and as one who may be in and may be out.
 */
public final class Preview {
  private static final int MOST_NAMED = 20;

  private final Condition condition;
  private final Set<String> unsure = new TreeSet<>();
  private int tried;
  private int surely;
  private int holding;
  private int possibly;

  public Preview(Condition condition) {
    this.condition = condition;
  }

  /**
   * Draws some of all profiles, each as likely as any other; they stand at the beginning then.
   *
   * @return how many
   */
  public static int draw(Id128[] ids, int wanted, long seed) {
    var random = new SplittableRandom(seed);
    int drawn = Math.min(wanted, ids.length);
    for (int i = 0; i < drawn; i++) {
      int other = random.nextInt(i, ids.length);
      var id = ids[i];
      ids[i] = ids[other];
      ids[other] = id;
    }
    return drawn;
  }

  /** Whether it asks about behaviour that nobody counts, or whose past is not all counted yet. */
  boolean asksBack(SegmentPlan plan, Passes passes) {
    for (var behaviour : condition.behaviours()) {
      var tracked = plan.tracked(behaviour);
      if (tracked == null || tracked.pass() == Passes.UNBORN || !passes.isOver(tracked.pass())) {
        return true;
      }
    }
    return false;
  }

  /**
   * @param profile null for somebody who may not be looked at, and so is in no segment
   */
  void look(@Nullable Profile profile, SegmentEngine engine, long timeout, long now) {
    tried++;
    if (profile == null) {
      return;
    }
    var facts = new Facts(profile, engine, timeout, now);
    boolean holds = condition.test(facts);
    holding += holds ? 1 : 0;
    surely += holds && facts.sure ? 1 : 0;
    possibly += holds || !facts.sure ? 1 : 0;
  }

  /** What came out, of a population of this many. */
  public Tried result(long population) {
    return new Tried(population, tried, surely, holding, possibly, List.copyOf(unsure));
  }

  /** One profile, as the condition asks about it. */
  private final class Facts implements ProfileView {
    private final Profile profile;
    private final SegmentEngine engine;
    private final long timeout;
    private final long now;
    private boolean sure = true;

    Facts(Profile profile, SegmentEngine engine, long timeout, long now) {
      this.profile = profile;
      this.engine = engine;
      this.timeout = timeout;
      this.now = now;
    }

    @Override
    public @Nullable Object field(FieldPath path) {
      return ProfileFields.field(profile, path, now, timeout);
    }

    @Override
    public boolean inSegment(String key) {
      return engine.foresight().now(profile, now).has(key);
    }

    @Override
    public boolean behaved(Behaviour behaviour) {
      var visit = profile.sessions.current(now, timeout);
      var tracked = engine.plan().tracked(behaviour);
      if (tracked != null && isCounted(tracked)) {
        return tracked.gauge().holds(profile, now, visit);
      }
      var hindsight = new Hindsight(profile, behaviour, visit, now);
      if (!hindsight.isSure()) {
        sure = false;
        if (unsure.size() < MOST_NAMED) {
          unsure.add(behaviour.describe());
        }
      }
      return hindsight.holds();
    }

    /** Whether the profile's counts are those of this plan, and whole. */
    private boolean isCounted(Tracked tracked) {
      return tracked.pass() != Passes.UNBORN
          && profile.plan.equals(engine.plan().fingerprint())
          && !profile.gaps.lacksAny(new int[] {tracked.pass()});
    }
  }
}
