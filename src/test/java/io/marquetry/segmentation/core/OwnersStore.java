package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What owners have stored, which is all that a crash leaves them. */
final class OwnersStore {
  private final Map<Id128, Cut.Row> rows = new TreeMap<>();
  private final Map<Integer, Long> checkpoints = new HashMap<>();
  private final Map<String, Passes.Row> passes = new TreeMap<>();

  /** Hands an owner what it knew of its own shards. */
  void restore(ProfileOwner owner, Ownership ownership) {
    var own = new HashMap<>(checkpoints);
    own.keySet().removeIf(shard -> !isOf(shard, ownership));
    owner.restore(own);
    owner
        .passes()
        .restore(passes.values().stream().filter(row -> isOf(row.shard(), ownership)).toList());
  }

  private static boolean isOf(int shard, Ownership ownership) {
    return shard % ownership.instances() == ownership.instance();
  }

  /** All profiles, for their owners to load. */
  List<StoredProfile> profiles() {
    return rows.values().stream()
        .map(
            row ->
                new StoredProfile(
                    row.profile(),
                    row.mergedInto(),
                    row.position(),
                    row.due(),
                    row.shownBy(),
                    row.state()))
        .toList();
  }

  @Nullable StoredProfile profile(Id128 profile) {
    var row = rows.get(profile);
    return row == null
        ? null
        : new StoredProfile(
            row.profile(), row.mergedInto(), row.position(), row.due(), 0, row.state());
  }

  /**
   * Stores what changed with an owner.
   *
   * @param most of its steps before there is a crash
   * @param crashes whether there is one
   */
  void store(ProfileOwner owner, Cut cut, long now, int most, boolean crashes) {
    save(cut.definitions());
    int left = most;
    var some = owner.rows(cut, 2, now);
    while (!some.isEmpty() && left-- > 0) {
      some.forEach(row -> rows.put(row.profile(), copy(row)));
      some = owner.rows(cut, 2, now);
    }
    if (!crashes) {
      checkpoints.putAll(cut.positions());
      save(cut.progress());
      owner.saved(cut);
    }
  }

  private static Cut.Row copy(Cut.Row row) {
    return new Cut.Row(
        row.profile(),
        row.site(),
        row.position(),
        row.due(),
        row.mergedInto(),
        copy(row.state()),
        row.shown(),
        row.shownBy());
  }

  /** What comes back of a state that went out. */
  static Map<String, Object> copy(Map<String, Object> state) {
    return Json.readOwn(Json.write(state));
  }

  private void save(List<Passes.Row> fills) {
    fills.forEach(row -> passes.put(row.pass() + "/" + row.shard(), row));
    int newest = passes.values().stream().mapToInt(Passes.Row::pass).max().orElse(0);
    passes.values().removeIf(row -> row.behaviours().isEmpty() && row.pass() < newest);
  }
}
