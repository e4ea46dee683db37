package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;

/**
 * The visitors whose last events are remembered, for questions that nobody has asked yet.
 *
 * <p>Design note: such questions are answered from a sample anyway ({@link Preview}), so nobody
 * else's events need to be kept, stored and written again with every change. Ids are hashes, so
 * those that begin with zeros are a fair sample; whenever there are more profiles than the sample
 * is to have, half of it goes. Somebody who is out stays out while this owner lives. Between half
 * of {@link #MOST} and all of it are in, and everybody where there are no more than that.
 */
final class Panel {
  /** Enough for an estimate within two or three in a hundred. */
  static final int MOST = 2_048;

  private int halvings;

  /** There are so many profiles now. */
  void fit(long profiles) {
    while (profiles >> halvings > MOST) {
      halvings++;
    }
  }

  boolean has(Id128 profile) {
    return halvings == 0 || profile.high() >>> (Long.SIZE - halvings) == 0;
  }
}
