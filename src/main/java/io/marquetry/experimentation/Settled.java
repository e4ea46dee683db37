package io.marquetry.experimentation;

import io.marquetry.kit.Id128;
import java.util.List;

/** An exposure whose window is over, with what came of it. */
record Settled(
    Id128 profile,
    String context,
    String arm,
    double propensity,
    List<String> eligible,
    double reward) {
  Settled {
    eligible = List.copyOf(eligible);
  }
}
