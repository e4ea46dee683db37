package io.marquetry.segmentation.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The identifiers a visitor came under, those known longest.
 *
 * <p>Design note: identity resolution decides who is who and knows all identifiers; this is the
 * account of it that goes with the profile. It is bounded, because a kiosk must not make a profile
 * grow for ever: beyond {@link #KEPT} the ones first seen last give way.
 */
final class Identities {
  static final int KEPT = 50;

  private static final Comparator<Identity> BY_AGE =
      Comparator.comparingLong(Identity::since)
          .thenComparing(Identity::kind)
          .thenComparing(Identity::value);

  private final List<Identity> known = new ArrayList<>(1);

  /**
   * One identifier.
   *
   * @param kind {@code anonymous} or {@code user}
   * @param verified whether whoever claimed it was entitled to
   * @param since when it was first seen
   */
  record Identity(String kind, String value, boolean verified, long since) {}

  void observe(String kind, String value, boolean verified, long at) {
    for (int i = 0; i < known.size(); i++) {
      var identity = known.get(i);
      if (identity.value().equals(value) && identity.kind().equals(kind)) {
        if ((verified && !identity.verified()) || at < identity.since()) {
          known.set(
              i,
              new Identity(
                  kind, value, verified || identity.verified(), Math.min(at, identity.since())));
        }
        return;
      }
    }
    known.add(new Identity(kind, value, verified, at));
    if (known.size() > KEPT) {
      known.remove(known.stream().max(BY_AGE).orElseThrow());
    }
  }

  void absorb(Identities other) {
    other.known.forEach(one -> observe(one.kind(), one.value(), one.verified(), one.since()));
  }

  /** Those known longest first. */
  List<Identity> all() {
    return known.stream().sorted(BY_AGE).toList();
  }
}
