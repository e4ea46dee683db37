package io.marquetry.identity.core;

import io.marquetry.identity.core.Change.Cause;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.identity.core.Change.Quarantined;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The changes that one event brings about; each takes effect at once, for those after it. */
final class Step {
  private static final long DAY_MILLIS = 86_400_000L;
  private static final long MONTH_MILLIS = 30 * DAY_MILLIS;

  private final IdentityGraph graph;
  private final Limits limits;
  private final Tally tally;
  private final long position;
  private final long at;
  private final List<Change> changes = new ArrayList<>(0);

  /**
   * @param at when the event arrived, milliseconds since the epoch
   */
  Step(IdentityGraph graph, Limits limits, Tally tally, long position, long at) {
    this.graph = graph;
    this.limits = limits;
    this.tally = tally;
    this.position = position;
    this.at = at;
  }

  List<Change> changes() {
    return changes;
  }

  private boolean isQuarantined(Id128 identifier) {
    return graph.isQuarantined(identifier, position);
  }

  /** Two ids of one browser. */
  void pair(Id128 kept, Id128 other) {
    if (graph.user(graph.now(kept)) == null && graph.user(graph.now(other)) == null) {
      merge(other, kept, "cookie");
    }
  }

  /** The browser of a person who shows up goes by another id too, which may be nobody's. */
  void claimBeside(Id128 user, Id128 other) {
    if (graph.user(graph.now(other)) == null) {
      merge(other, user, "cookie");
    }
  }

  /** Two identifiers of one visitor; where neither profile is anybody's, {@code kept} stays. */
  void join(Id128 kept, Id128 other, String evidence) {
    if (graph.user(graph.now(other)) == null) {
      merge(other, kept, evidence);
    } else if (graph.user(graph.now(kept)) == null) {
      merge(kept, other, evidence);
    }
  }

  /** A person shows up, with a device or without. */
  void claim(Id128 user, @Nullable Id128 device) {
    if (device == null || isQuarantined(device) || isQuarantined(user)) {
      introduce(user, user, null);
      return;
    }
    var held = graph.now(device);
    boolean free = graph.user(held) == null;
    introduce(user, free ? held : user, free ? device : null);
    if (graph.user(held) != null) {
      hand(device, user);
      return;
    }
    var refusal = merge(device, user, "identify");
    if (refusal != null) {
      suspect(user, refusal);
    }
  }

  /** Gives a person a profile where they have none yet: one that is nobody's. */
  private void introduce(Id128 user, Id128 profile, @Nullable Id128 via) {
    if (!graph.knows(user)) {
      change(Pointed.of(position, at, user, profile, Cause.PERSON, via));
    } else if (graph.user(graph.now(user)) == null) {
      change(Pointed.of(position, at, user, graph.now(user), Cause.PERSON, null));
    }
  }

  /** Joins the profile of one identifier into that of another; null where that is done. */
  private @Nullable Refusal merge(Id128 goes, Id128 stays, String evidence) {
    var from = graph.now(goes);
    var into = graph.now(stays);
    if (from.equals(into)) {
      return null;
    }
    var refusal = refusal(goes, stays, from, into);
    if (refusal == null) {
      change(new Joined(position, at, from, into, evidence, stays, goes));
      tally.joined(evidence);
    } else {
      tally.refused(refusal);
    }
    return refusal;
  }

  private @Nullable Refusal refusal(Id128 goes, Id128 stays, Id128 from, Id128 into) {
    if (isQuarantined(goes) || isQuarantined(stays)) {
      return Refusal.QUARANTINE;
    }
    if (graph.areApart(from, into)) {
      return Refusal.APART;
    }
    if (joinedSince(from, into, DAY_MILLIS) >= limits.devicesADay()) {
      return Refusal.DAY;
    }
    if (joinedSince(from, into, MONTH_MILLIS) >= limits.devicesAMonth()) {
      return Refusal.MONTH;
    }
    return graph.size(from) + graph.size(into) + 1 > Limits.MAX_IDENTIFIERS ? Refusal.SIZE : null;
  }

  private int joinedSince(Id128 from, Id128 into, long span) {
    return graph.joinedSince(from, at - span) + graph.joinedSince(into, at - span);
  }

  private void suspect(Id128 user, Refusal refusal) {
    switch (refusal) {
      case DAY -> change(new Quarantined(position, at, user, Suspicion.DEVICES_A_DAY));
      case MONTH -> change(new Quarantined(position, at, user, Suspicion.DEVICES_A_MONTH));
      case SIZE, APART, QUARANTINE -> {}
    }
  }

  /** The device is somebody else's until now. */
  private void hand(Id128 device, Id128 user) {
    var to = graph.now(user);
    if (graph.now(device).equals(to)) {
      return;
    }
    if (graph.people(device, user) > limits.people()) {
      var own = FreshIds.of(device, position);
      change(new Quarantined(position, at, device, Suspicion.PEOPLE));
      change(Pointed.of(position, at, device, own, Cause.SHARED, null));
      tally.refused(Refusal.QUARANTINE);
    } else if (graph.size(to) >= Limits.MAX_IDENTIFIERS) {
      tally.refused(Refusal.SIZE);
    } else {
      change(Pointed.of(position, at, device, to, Cause.HANDED, user));
    }
  }

  private void change(Change change) {
    graph.apply(change);
    changes.add(change);
  }
}
