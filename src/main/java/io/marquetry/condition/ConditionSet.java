package io.marquetry.condition;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Many conditions to be tested against the same view, such as the rules of a component in order of
 * priority.
 *
 * <p>Immutable and thread-safe. Design note: looking fields up costs more than comparing them, and
 * a hundred rules name perhaps ten fields. So every distinct field gets a slot, and one test reads
 * it from the view at most once, and only when a condition gets that far. The price is one small
 * array per test.
 */
public final class ConditionSet {
  private final List<Node> roots;
  private final Guards guards;
  private final int slots;

  private ConditionSet(List<Node> roots, int slots) {
    this.roots = roots;
    this.guards = new Guards(roots);
    this.slots = slots;
  }

  /** The conditions, known from now on by their position. */
  public static ConditionSet of(List<Condition> conditions) {
    Map<FieldPath, FieldPath> shared = new HashMap<>();
    List<Node> roots = new ArrayList<>(conditions.size());
    conditions.forEach(condition -> roots.add(sharing(condition.root(), shared)));
    return new ConditionSet(List.copyOf(roots), shared.size());
  }

  private static Node sharing(Node node, Map<FieldPath, FieldPath> shared) {
    return switch (node) {
      case Node.All(List<Node> parts) -> new Node.All(sharing(parts, shared));
      case Node.Any(List<Node> parts) -> new Node.Any(sharing(parts, shared));
      case Node.Not(Node part) -> new Node.Not(sharing(part, shared));
      case Node.Field(FieldPath path, ValueTest wanted) -> {
        FieldPath known = shared.get(path);
        FieldPath slotted = known == null ? path.at(shared.size()) : known;
        shared.put(path, slotted);
        yield new Node.Field(slotted, wanted);
      }
      case Node.InSegment _, Node.Behaved _, Node.Never _ -> node;
    };
  }

  private static List<Node> sharing(List<Node> parts, Map<FieldPath, FieldPath> shared) {
    return parts.stream().map(part -> sharing(part, shared)).toList();
  }

  /** Number of conditions. */
  public int size() {
    return roots.size();
  }

  /** Position of the first condition that holds, -1 when none does. */
  public int first(ProfileView view) {
    var remembering = new Remembering(view, slots);
    BitSet candidates = guards.candidates(remembering);
    int at = candidates.nextSetBit(0);
    while (at >= 0 && !roots.get(at).test(remembering)) {
      at = candidates.nextSetBit(at + 1);
    }
    return at;
  }

  /** Positions of all conditions that hold. */
  public BitSet all(ProfileView view) {
    var remembering = new Remembering(view, slots);
    BitSet holding = guards.candidates(remembering);
    for (int at = holding.nextSetBit(0); at >= 0; at = holding.nextSetBit(at + 1)) {
      if (!roots.get(at).test(remembering)) {
        holding.clear(at);
      }
    }
    return holding;
  }

  /** Asks the view for each slotted field once. */
  private static final class Remembering implements ProfileView {
    private static final Object UNKNOWN = new Object();

    private final ProfileView view;
    private final @Nullable Object[] values;

    Remembering(ProfileView view, int slots) {
      this.view = view;
      this.values = new @Nullable Object[slots];
    }

    @Override
    public @Nullable Object field(FieldPath path) {
      Object value = values[path.slot()];
      if (value == null) {
        value = view.field(path);
        values[path.slot()] = value == null ? UNKNOWN : value;
      }
      return value == UNKNOWN ? null : value;
    }

    @Override
    public boolean inSegment(String key) {
      return view.inSegment(key);
    }

    @Override
    public boolean behaved(Behaviour behaviour) {
      return view.behaved(behaviour);
    }
  }
}
