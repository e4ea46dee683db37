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
      };

  /** Whether any definition reads a field of this family: else changes need not be told. */
  boolean follows(Root root);

  /** A field got another value; {@code name} is the second step, or the only one of SELF. */
  void changed(Root root, String name, @Nullable Object before, @Nullable Object now);
}
