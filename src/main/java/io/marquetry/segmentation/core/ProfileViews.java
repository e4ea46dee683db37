package io.marquetry.segmentation.core;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What may be seen of the profiles of one owner. Looking changes nothing, not even who was used
 * lately.
 */
public final class ProfileViews {
  private final Books books;
  private final Passes passes;
  private final Permission permission;
  private final long timeout;
  private final Supplier<SegmentEngine> current;

  ProfileViews(
      Books books,
      Passes passes,
      Permission permission,
      long timeout,
      Supplier<SegmentEngine> engine) {
    this.books = books;
    this.passes = passes;
    this.permission = permission;
    this.timeout = timeout;
    this.current = engine;
  }

  private SegmentEngine engine() {
    return current.get();
  }

  /** The snapshot of one profile in memory; null where there is none. */
  public @Nullable ProfileSnapshot snapshot(Id128 id, long now) {
    var profile = books.table.peek(id);
    return profile == null ? null : Snapshots.of(profile, engine(), now);
  }

  /** Everything held of a profile in memory, in the shape of {@code profiles.get}. */
  public @Nullable Map<String, Object> show(Id128 id, long now) {
    var profile = books.table.peek(id);
    return profile == null ? null : picture(profile, now);
  }

  /** Everything held of a profile that is in the store alone. */
  public Map<String, Object> show(StoredProfile stored, long now) {
    var profile = ProfileState.read(stored.profile(), stored.state());
    profile.mergedInto = stored.mergedInto();
    profile.asleep = true;
    return picture(profile, now);
  }

  private Map<String, Object> picture(Profile profile, long now) {
    return ProfilePicture.of(profile, engine().foresight().now(profile, now), now, timeout);
  }

  /** Tries a condition on one profile in memory, where that may be looked at. */
  public void preview(Id128 id, Preview preview, Moment moment) {
    preview(books.table.peek(id), preview, moment);
  }

  /** The same with a profile that is in the store; what is in memory is newer. */
  public void preview(StoredProfile stored, Preview preview, Moment moment) {
    var id = stored.profile();
    var held = books.table.peek(id);
    if (held == null && (stored.mergedInto() != null || books.table.gone(id) != null)) {
      return;
    }
    preview(held == null ? ProfileState.read(id, stored.state()) : held, preview, moment);
  }

  private void preview(@Nullable Profile profile, Preview preview, Moment moment) {
    boolean open =
        profile != null && permission.grant(profile.site, List.of(profile.id), moment) != null;
    preview.look(open ? profile : null, engine(), timeout, moment.now());
  }

  /** Whether a preview can only be had of those whose last events are remembered. */
  public boolean asksBack(Preview preview) {
    return preview.asksBack(engine().plan(), passes);
  }

  /** Whether the last events of a profile are remembered. */
  public boolean isRemembered(Id128 id) {
    return books.panel.has(id);
  }

  /** Ids of all profiles in memory, in no order. */
  public Id128[] ids() {
    return books.table.ids();
  }

  /** How many members a segment has; the empty key stands for everybody. */
  public long size(String segment) {
    if (segment.isEmpty()) {
      return books.profiles();
    }
    return segment.startsWith(SegmentPlan.HIDDEN) ? 0 : books.sizes.of(segment);
  }

  /** Since when a profile in memory is in a segment; 0 where it is not. */
  public long memberSince(Id128 id, String segment) {
    var profile = books.table.peek(id);
    return profile == null ? 0 : profile.memberships.since(segment);
  }

  /** How often segments failed to evaluate, by key. */
  public Map<String, Long> failures() {
    return Map.copyOf(engine().failures());
  }

  /** How often trails were cut since the plan was defined, by segment that reads them. */
  public Map<String, Long> cuts() {
    var plan = engine().plan();
    var cuts = new TreeMap<String, Long>();
    engine()
        .cuts()
        .forEach(
            (key, times) -> {
              var tracked = plan.tracked(key);
              if (tracked != null) {
                plan.readers(tracked.id())
                    .forEach(segment -> cuts.merge(segment, times, Long::sum));
              }
            });
    return cuts;
  }
}
