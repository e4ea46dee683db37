package io.marquetry.segmentation.core;

import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What has to be looked at again of one profile: the segments by number, and its fields. */
final class Touched implements Touch {
  private final SegmentPlan plan;
  private final BitSet rules = new BitSet();
  private boolean fields;

  Touched(SegmentPlan plan) {
    this.plan = plan;
  }

  void clear() {
    rules.clear();
    fields = false;
  }

  /** The numbers of segments; grows while they are worked off in ascending order. */
  BitSet rules() {
    return rules;
  }

  /** Whether a field that decisions read has another value. */
  boolean fields() {
    return fields;
  }

  void everything() {
    rules.set(0, plan.size());
    fields = true;
  }

  void allRules() {
    rules.set(0, plan.size());
  }

  void mark(List<Integer> numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      rules.set(numbers.get(i));
    }
  }

  /** Another visit is current than was, or none. */
  void visit() {
    rules.or(plan.onSession());
    var readers = plan.readers(Root.SESSION);
    if (readers != null) {
      fields |= readers.whole().stream().anyMatch(SegmentPlan.Reader::projected);
      for (var named : readers.byName().values()) {
        fields |= named.stream().anyMatch(SegmentPlan.Reader::projected);
      }
    }
  }

  @Override
  public boolean follows(Root root) {
    return plan.reads(root);
  }

  @Override
  public void changed(Root root, String name, @Nullable Object before, @Nullable Object now) {
    var readers = plan.readers(root);
    if (readers == null || Objects.equals(before, now)) {
      return;
    }
    readers.whole().forEach(this::read);
    var named = readers.byName().get(name);
    if (named == null) {
      return;
    }
    int deeper = root == Root.SELF ? 1 : 2;
    for (int i = 0; i < named.size(); i++) {
      var path = named.get(i).path();
      if (path.size() <= deeper
          || !Objects.equals(path.resolve(before, deeper), path.resolve(now, deeper))) {
        read(named.get(i));
      }
    }
  }

  @Override
  public void moved(Root root, String name) {
    var readers = plan.readers(root);
    if (readers != null) {
      readers.whole().forEach(this::read);
      readers.byName().getOrDefault(name, List.of()).forEach(this::read);
    }
  }

  private void read(SegmentPlan.Reader reader) {
    mark(reader.rules());
    fields |= reader.projected();
  }
}
