package io.marquetry.sim;

import java.util.SplittableRandom;

/**
 * How likely what is to go wrong in a run: each a probability for one message or one statement.
 *
 * @param drop a message is lost
 * @param duplicate a message arrives twice
 * @param delay a message takes long, up to more than its sender waits
 * @param reorder messages overtake each other
 * @param failBefore a statement fails and did nothing
 * @param failAfter a statement fails though it was carried out
 * @param stall a statement takes long
 * @param outages how often the store is gone altogether for a while
 * @param crashes how often the process is killed
 */
record Faults(
    double drop,
    double duplicate,
    double delay,
    boolean reorder,
    double failBefore,
    double failAfter,
    double stall,
    int outages,
    int crashes) {
  static final Faults NONE = new Faults(0, 0, 0, false, 0, 0, 0, 0, 0);
  private static final int KINDS = 9;

  /** A tenth of all runs know no fault, three tenths one kind, the others any mixture. */
  static Faults draw(SplittableRandom chance) {
    int kind = chance.nextInt(10);
    if (kind == 0) {
      return NONE;
    }
    if (kind <= 3) {
      int only = chance.nextInt(KINDS);
      return of(chance, 1 << only);
    }
    return of(chance, chance.nextInt(1 << KINDS));
  }

  private static Faults of(SplittableRandom chance, int kinds) {
    return new Faults(
        has(kinds, 0) * some(chance, 0.1),
        has(kinds, 1) * some(chance, 0.2),
        has(kinds, 2) * some(chance, 0.1),
        has(kinds, 3) > 0,
        has(kinds, 4) * some(chance, 0.2),
        has(kinds, 5) * some(chance, 0.2),
        has(kinds, 6) * some(chance, 0.1),
        has(kinds, 7) * (1 + chance.nextInt(3)),
        has(kinds, 8) * (1 + chance.nextInt(4)));
  }

  private static int has(int kinds, int kind) {
    return kinds >> kind & 1;
  }

  /** Mostly little, sometimes up to {@code most}. */
  private static double some(SplittableRandom chance, double most) {
    double draw = chance.nextDouble();
    return most * draw * draw;
  }
}
