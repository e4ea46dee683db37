package io.marquetry.identity.core;

import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event shows about who is who.
 *
 * <p>Only trusted claims arrive here, and only two things join profiles: one browser that goes by
 * two device ids neither of which is a person's, and a person who shows up on a device that is
 * nobody's yet. Two profiles that both belong to somebody are never joined: a device that passes
 * from one person to another is shared, and from there on leads to the newcomer without its past.
 * When the first person shows up on a device, the device's profile becomes theirs, so that its
 * assignments outlive the login.
 *
 * <p>A browser that comes with a new id beside the cookie of somebody known has forgotten them: a
 * tag does so at logout ({@code reset()}). Nothing is joined to a person's profile on the strength
 * of a cookie or an id alone, which need not be the person's; the next login joins it again.
 *
 * <p>Bounds: a profile takes up at most {@code maxJoined} others, so that a kiosk, a shared login
 * or a script cannot glue strangers together, and at most {@value #MAX_IDENTIFIERS} identifiers
 * lead to it. What goes beyond stays apart and is counted; the event still counts for whom it
 * names.
 *
 * <p>An event at or before the graph's position was linked already: it changes nothing and gives
 * what it gave the first time, joins included.
 */
public final class LinkRule {
  /** How many profiles one profile may take up, unless configured otherwise. */
  public static final int DEFAULT_MAX_JOINED = 20;

  static final int MAX_IDENTIFIERS = 200;

  private final IdentityGraph graph;
  private final int maxJoined;
  private long refused;

  /**
   * What linking an event gave.
   *
   * @param profile whose the event is
   * @param merges the joins it brought about, in order
   * @param changes what was learnt now; empty where the event was linked before
   * @param related whether identifiers of one visitor came together in it, now or when it was
   *     linked first, so that their consent has to be one
   */
  public record Linking(Id128 profile, List<Merge> merges, List<Change> changes, boolean related) {
    public Linking {
      merges = List.copyOf(merges);
      changes = List.copyOf(changes);
    }
  }

  public LinkRule(IdentityGraph graph, int maxJoined) {
    this.graph = graph;
    this.maxJoined = maxJoined;
  }

  /** How often a bound kept profiles apart, since the start. */
  public long refused() {
    return refused;
  }

  /** Links one event; in the order of the log. */
  public Linking link(long position, Event event) {
    var subject = event.subject();
    boolean replayed = position <= graph.position();
    var changes = replayed ? List.<Change>of() : learn(position, subject);
    graph.advance(position);
    // An event that names nobody cannot get here; were it to, it would be a profile of its own.
    var named = named(subject);
    var profile = named == null ? event.message() : graph.resolve(named, position);
    boolean related = several(subject) && (replayed || relates(changes));
    return new Linking(profile, merges(position), changes, related);
  }

  private static @Nullable Id128 named(Subject subject) {
    if (subject.user() != null) {
      return subject.user();
    }
    if (subject.device() != null) {
      return subject.device();
    }
    return subject.otherDevice() != null ? subject.otherDevice() : subject.previous();
  }

  private static boolean several(Subject subject) {
    return subject.keys().stream().filter(key -> key != null).count() > 1;
  }

  /** A device that changed hands relates nobody to anybody, nor does a profile of one's own. */
  private static boolean relates(List<Change> changes) {
    return changes.stream()
        .anyMatch(
            change ->
                switch (change) {
                  case Joined joined -> true;
                  case Pointed to -> to.user() && !to.profile().equals(to.identifier());
                });
  }

  private List<Merge> merges(long position) {
    return graph.joinsAt(position).stream()
        .map(join -> new Merge(join.position(), join.from(), join.into(), join.evidence()))
        .toList();
  }

  private List<Change> learn(long position, Subject subject) {
    var step = new Step(position, new ArrayList<>());
    var other = subject.otherDevice();
    var device = subject.device() != null ? subject.device() : other;
    if (device != null && other != null) {
      step.pair(other, device);
    }
    if (subject.user() != null) {
      step.claim(subject.user(), device);
      if (other != null) {
        step.claimBeside(subject.user(), other);
      }
    }
    var named = named(subject);
    if (named != null && subject.previous() != null) {
      step.join(named, subject.previous(), "alias");
    }
    return step.changes();
  }

  /** The changes that one event brings about; each takes effect at once, for those after it. */
  private final class Step {
    private final long position;
    private final List<Change> changes;

    Step(long position, List<Change> changes) {
      this.position = position;
      this.changes = changes;
    }

    List<Change> changes() {
      return changes;
    }

    /** Two ids of one browser. */
    void pair(Id128 kept, Id128 other) {
      var stays = graph.now(kept);
      var goes = graph.now(other);
      if (graph.user(stays) == null && graph.user(goes) == null) {
        merge(goes, stays, "cookie");
      }
    }

    /** The browser of a person who shows up goes by another id too, which may be nobody's. */
    void claimBeside(Id128 user, Id128 other) {
      var held = graph.now(other);
      if (graph.user(held) == null) {
        merge(held, graph.now(user), "cookie");
      }
    }

    /** Two identifiers of one visitor; where neither profile is anybody's, {@code kept} stays. */
    void join(Id128 kept, Id128 other, String evidence) {
      var stays = graph.now(kept);
      var goes = graph.now(other);
      if (graph.user(goes) == null) {
        merge(goes, stays, evidence);
      } else if (graph.user(stays) == null) {
        merge(stays, goes, evidence);
      }
    }

    /** A person shows up, with a device or without. */
    void claim(Id128 user, @Nullable Id128 device) {
      if (device == null) {
        introduce(user, user);
        return;
      }
      var held = graph.now(device);
      boolean free = graph.user(held) == null;
      introduce(user, free ? held : user);
      if (graph.user(held) == null) {
        merge(held, graph.now(user), "identify");
      } else {
        hand(device, graph.now(user));
      }
    }

    /** Gives a person a profile where they have none yet: one that is nobody's. */
    private void introduce(Id128 user, Id128 profile) {
      if (!graph.knows(user)) {
        change(new Pointed(position, user, profile, true));
      } else if (graph.user(graph.now(user)) == null) {
        change(new Pointed(position, user, graph.now(user), true));
      }
    }

    private void merge(Id128 from, Id128 into, String evidence) {
      if (from.equals(into)) {
        return;
      }
      if (graph.joined(from) + graph.joined(into) + 1 > maxJoined
          || graph.size(from) + graph.size(into) + 1 > MAX_IDENTIFIERS) {
        refused++;
      } else {
        change(new Joined(position, from, into, evidence));
      }
    }

    /** The device is somebody else's until now. */
    private void hand(Id128 device, Id128 to) {
      if (graph.now(device).equals(to)) {
        return;
      }
      if (graph.size(to) >= MAX_IDENTIFIERS) {
        refused++;
      } else {
        change(new Pointed(position, device, to, false));
      }
    }

    private void change(Change change) {
      graph.apply(change);
      changes.add(change);
    }
  }
}
