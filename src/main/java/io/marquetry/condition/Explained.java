package io.marquetry.condition;

import java.util.List;

/**
 * Why a condition came out as it did.
 *
 * @param result what {@link Condition#test} gives for the same view
 * @param leaves what decided it: for true the requirements that were met, for false those that were
 *     not; empty when the condition asks for nothing
 */
public record Explained(boolean result, List<Leaf> leaves) {
  /** Copies the leaves. */
  public Explained {
    leaves = List.copyOf(leaves);
  }

  /**
   * One requirement in plain words, already turned round where the condition negates it.
   *
   * @param text such as {@code country is not DE}
   * @param held whether the visitor meets it
   */
  public record Leaf(String text, boolean held) {}
}
