package io.marquetry.segmentation.core;

import io.marquetry.condition.Behaviour;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One profile at one moment, as conditions ask about it; looked at one after the other.
 *
 * <p>Design note: comparing behaviours by value costs more than the answer, so each leaf of a
 * condition is looked up by value once and by identity from then on. There are as many entries as
 * the plan has leaves.
 */
final class ProfileFacts implements ProfileView {
  private final SegmentPlan plan;
  private final long timeout;
  private final IdentityHashMap<Behaviour, Tracked> leaves = new IdentityHashMap<>();
  private @Nullable Profile profile;
  private Memberships memberships = new Memberships();
  private long now;

  ProfileFacts(SegmentPlan plan, long timeout) {
    this.plan = plan;
    this.timeout = timeout;
  }

  void look(Profile at, long moment) {
    look(at, moment, at.memberships);
  }

  /** Looks at a profile as if it were in other segments. */
  void look(Profile at, long moment, Memberships in) {
    profile = at;
    now = moment;
    memberships = in;
  }

  @Override
  public @Nullable Object field(FieldPath path) {
    return profile == null ? null : ProfileFields.field(profile, path, now, timeout);
  }

  @Override
  public boolean inSegment(String key) {
    return memberships.has(key);
  }

  @Override
  public boolean behaved(Behaviour behaviour) {
    var tracked = leaves.get(behaviour);
    if (tracked == null) {
      tracked = plan.tracked(behaviour);
      if (tracked == null) {
        return false;
      }
      leaves.put(behaviour, tracked);
    }
    return profile != null
        && tracked.gauge().holds(profile, now, profile.sessions.current(now, timeout));
  }
}
