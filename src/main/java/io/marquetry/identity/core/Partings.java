package io.marquetry.identity.core;

import io.marquetry.identity.core.IdentityGraph.Whose;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;

/** All profiles that were parted in two, in order, and whom what they did before went with. */
final class Partings {
  private final Joins joins;
  private final List<Parting> all = new ArrayList<>();

  Partings(Joins joins) {
    this.joins = joins;
  }

  void add(Parting parting) {
    all.add(parting);
  }

  List<Parting> all() {
    return List.copyOf(all);
  }

  /**
   * Whose that is what came at a position, when the log stands at {@code asOf}.
   *
   * @param then the profile it was for
   * @param node of the identifier it came with
   */
  Whose whose(Id128 then, Id128 node, long at, long asOf) {
    var origin = then;
    var holder = then;
    for (var parting : all) {
      if (parting.position() > at && parting.position() <= asOf) {
        holder = joins.root(holder, parting.position() - 1);
        if (holder.equals(parting.whole())) {
          holder = parting.nodes().contains(node) ? parting.part() : holder;
          origin = holder;
        }
      }
    }
    return new Whose(then, origin, joins.root(holder, asOf));
  }

  /** Whether a profile, or what it went up in, was parted after a position. */
  boolean isRenewed(Id128 profile, long after) {
    var home = profile;
    for (var parting : all) {
      if (parting.position() > after) {
        home = joins.root(home, parting.position() - 1);
        if (home.equals(parting.whole())) {
          return true;
        }
      }
    }
    return false;
  }
}
