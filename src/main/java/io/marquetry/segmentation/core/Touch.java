package io.marquetry.segmentation.core;

import org.jspecify.annotations.Nullable;

/** Hears which fields of a profile changed while an event is folded in. */
interface Touch {
  /** Nobody listens: while merging or restoring, after which everything is looked at anyway. */
  Touch NOBODY =
      new Touch() {
        @Override
        public boolean follows(Root root) {
          return false;
        }

        @Override
        public void changed(
            Root root, String name, @Nullable Object before, @Nullable Object now) {}

        @Override
        public void moved(Root root, String name) {}
      };

  /** Whether any definition reads a field of this family: else changes need not be told. */
  boolean follows(Root root);

  /**
   * A field that moves with time too, or is dear to work out, got another value, or that of what
   * lies below it; {@code name} is the second step. What it was before is not worked out.
   */
  void moved(Root root, String name);

  /** A field got another value; {@code name} is the second step, or the only one of SELF. */
  void changed(Root root, String name, @Nullable Object before, @Nullable Object now);
}
