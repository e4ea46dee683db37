package io.marquetry.condition;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells which conditions of a set can hold at all, from the values of a few fields.
 *
 * <p>Design note: most rules begin with a field that must be one of some texts ({@code country is
 * DE}). Such a condition is found under its texts with one lookup per field instead of being
 * tested; all others are always candidates. A value that is no text makes every condition guarded
 * by its field a candidate, so the loose comparisons need not be repeated here: a guard may let too
 * much through, never too little.
 */
final class Guards {
  /** The conditions that one field guards: by text, and all of them. */
  private record Group(FieldPath path, Map<String, BitSet> byText, BitSet every) {}

  /** What a condition needs of a field. */
  private record Guard(FieldPath path, Set<String> texts) {}

  private final BitSet unguarded = new BitSet();
  private final List<Group> groups;

  Guards(List<Node> roots) {
    Map<FieldPath, Group> byField = new HashMap<>();
    for (int i = 0; i < roots.size(); i++) {
      Guard guard = guard(roots.get(i));
      if (guard == null) {
        unguarded.set(i);
      } else {
        add(
            byField.computeIfAbsent(
                guard.path(), path -> new Group(path, new HashMap<>(), new BitSet())),
            guard,
            i);
      }
    }
    groups = new ArrayList<>(byField.values());
  }

  private static void add(Group group, Guard guard, int position) {
    group.every().set(position);
    guard
        .texts()
        .forEach(text -> group.byText().computeIfAbsent(text, _ -> new BitSet()).set(position));
  }

  private static @Nullable Guard guard(Node node) {
    return switch (node) {
      case Node.Field(FieldPath path, ValueTest wanted) -> {
        Set<String> texts = texts(wanted);
        yield texts == null ? null : new Guard(path, texts);
      }
      case Node.All(List<Node> parts) -> {
        Guard found = null;
        for (int i = 0; i < parts.size() && found == null; i++) {
          found = guard(parts.get(i));
        }
        yield found;
      }
      default -> null;
    };
  }

  /** The only texts that pass, null when that is not known. */
  private static @Nullable Set<String> texts(ValueTest wanted) {
    return switch (wanted) {
      case Equality.TextIs(String text) -> Set.of(text);
      case Equality.Strictly(Object constant) when constant instanceof String text -> Set.of(text);
      case Membership.OneOf among when !among.folded() ->
          among.keys().stream()
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .collect(Collectors.toUnmodifiableSet());
      default -> null;
    };
  }

  /** Positions of the conditions worth testing; the caller's to change. */
  BitSet candidates(ProfileView view) {
    BitSet candidates = (BitSet) unguarded.clone();
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      BitSet admitted =
          view.field(group.path()) instanceof String text
              ? group.byText().get(text)
              : group.every();
      if (admitted != null) {
        candidates.or(admitted);
      }
    }
    return candidates;
  }
}
