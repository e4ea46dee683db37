package io.marquetry.decisioning.core;

import io.marquetry.condition.Behaviour;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import org.jspecify.annotations.Nullable;

/** A view for making the words of a rule that applies only where all its segments are found. */
final class InEverySegment implements ProfileView {
  @Override
  public @Nullable Object field(FieldPath path) {
    return null;
  }

  @Override
  public boolean inSegment(String key) {
    return true;
  }

  @Override
  public boolean behaved(Behaviour behaviour) {
    return true;
  }
}
