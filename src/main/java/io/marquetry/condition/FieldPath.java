package io.marquetry.condition;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dotted path to a field, such as {@code context.page.path}, split once so that looking it up
 * allocates nothing.
 *
 * <p>Design note: names, and the whole text, are interned, so that a view which switches on {@link
 * #root()} and a map keyed by literals both succeed on reference equality. Each step keeps its list
 * index beside its name ({@code items.0.sku}); -1 means the name is no index. Equality is that of
 * the text.
 */
public final class FieldPath implements Comparable<FieldPath> {
  private final String text;
  private final String[] names;
  private final int[] indices;

  /**
   * Where a {@link ConditionSet} keeps the value while it tests; not part of the path's identity.
   */
  private final int slot;

  private FieldPath(String text, int slot) {
    this.text = text.intern();
    this.slot = slot;
    this.names = text.split("\\.", -1);
    this.indices = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = names[i].intern();
      indices[i] = listIndex(names[i]);
    }
  }

  /** The path written as {@code text}; any text is a path, an empty step simply finds nothing. */
  public static FieldPath of(String text) {
    return new FieldPath(text, -1);
  }

  FieldPath at(int ownSlot) {
    return new FieldPath(text, ownSlot);
  }

  int slot() {
    return slot;
  }

  private static int listIndex(String name) {
    boolean digits =
        !name.isEmpty() && name.length() <= 9 && name.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean plain = digits && (name.length() == 1 || name.charAt(0) != '0');
    return plain ? Integer.parseInt(name) : -1;
  }

  /** Number of steps, at least 1. */
  public int size() {
    return names.length;
  }

  /** The step at {@code index}, interned. */
  public String name(int index) {
    return names[index];
  }

  /** The first step, interned: {@code context} of {@code context.page.path}. */
  public String root() {
    return names[0];
  }

  /** The value this path leads to from {@code start}, null when any step is missing or null. */
  public @Nullable Object resolve(@Nullable Object start) {
    return resolve(start, 0);
  }

  /**
   * The value that the steps from {@code firstStep} on lead to; a view that keeps {@code traits} as
   * a map of its own resolves the rest of {@code traits.plan} there with {@code firstStep} 1.
   */
  public @Nullable Object resolve(@Nullable Object start, int firstStep) {
    Object current = start;
    for (int i = firstStep; i < names.length; i++) {
      if (current instanceof Map<?, ?> map) {
        current = map.get(names[i]);
      } else if (current instanceof List<?> list && indices[i] >= 0 && indices[i] < list.size()) {
        current = list.get(indices[i]);
      } else {
        return null;
      }
    }
    return current;
  }

  /** True when some step is empty, as in {@code a..b}: surely a slip of the author. */
  boolean hasEmptyStep() {
    return Arrays.asList(names).contains("");
  }

  @Override
  public int compareTo(FieldPath other) {
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this || (other instanceof FieldPath path && path.text.equals(text));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The dotted text. */
  @Override
  public String toString() {
    return text;
  }
}
