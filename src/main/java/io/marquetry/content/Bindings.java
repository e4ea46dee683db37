package io.marquetry.content;

import org.jspecify.annotations.Nullable;

/**
 * The values a request brings to the live holes of a variant.
 *
 * <p>Answers are plain JSON values: null, Boolean, Number, String, List or Map. They need not be
 * trusted: they are escaped, limited and type-checked where they are used.
 */
@FunctionalInterface
public interface Bindings {
  /** The path under which a decision's recommended items are asked for: a list of maps. */
  String ITEMS = "$items";

  /** No live values at all: every live hole shows its default. */
  Bindings NONE = path -> null;

  /** Answers the value at a dotted path of the visitor view, or null when there is none. */
  @Nullable Object value(String path);
}
