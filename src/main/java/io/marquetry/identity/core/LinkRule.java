package io.marquetry.identity.core;

import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IdentityMessage.Split;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.identity.core.Change.Cause;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Parted;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.identity.core.IdentityGraph.Whose;
import io.marquetry.identity.core.Orders.Order;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
 * <p>What is beyond its {@link Limits} stays apart, and is counted. A device that too many people
 * use, and a user id that turns up on too many new devices, go into quarantine: they join nothing
 * any more. A quarantined device leads to a profile of its own that is nobody's; where a
 * quarantined user id comes with a device, the event is the device's.
 *
 * <p>An event at or before the graph's position was linked already: it changes nothing and gives
 * what it gave the first time, joins included.
 */
public final class LinkRule {
  private final IdentityGraph graph;
  private final Limits limits;
  private final Tally tally = new Tally();

  /**
   * What linking an event gave.
   *
   * @param profile whose the event is
   * @param merges the joins it brought about, in order
   * @param splits the partings it brought about, in order
   * @param changes what was learnt now; empty where the event was linked before
   * @param related the profiles in which identifiers came together by it, now or when it was linked
   *     first, so that their consent has to be one; not only the event's own, since the ids of a
   *     browser may be joined though whoever logs in there is kept apart from it
   */
  public record Linking(
      Id128 profile,
      List<Merge> merges,
      List<Split> splits,
      List<Change> changes,
      Set<Id128> related) {
    public Linking {
      related = Collections.unmodifiableSet(new LinkedHashSet<>(related));
      merges = List.copyOf(merges);
      splits = List.copyOf(splits);
      changes = List.copyOf(changes);
    }
  }

  public LinkRule(IdentityGraph graph, Limits limits) {
    this.graph = graph;
    this.limits = limits;
  }

  /** What was joined and what was not, since the start. */
  public Tally tally() {
    return tally;
  }

  /** Links one event; in the order of the log. */
  public Linking link(long position, Event event) {
    var subject = event.subject();
    boolean replayed = position <= graph.position();
    boolean order = event.is(Orders.FLAG);
    var changes =
        replayed ? List.<Change>of() : order ? carryOut(position, event) : learn(position, event);
    graph.advance(position);
    // An event that names nobody cannot get here; were it to, it would be a profile of its own.
    var named = named(subject, position);
    var profile = named == null ? event.message() : graph.resolve(named, position);
    var merges = merges(position);
    var owner = order && !merges.isEmpty() ? merges.getFirst().into() : profile;
    var related = new LinkedHashSet<Id128>(2);
    merges.forEach(merge -> related.add(merge.into()));
    if (!order && several(subject) && (replayed || relates(changes))) {
      related.add(profile);
    }
    return new Linking(owner, merges, splits(position, event.site()), changes, related);
  }

  private List<Change> carryOut(long position, Event event) {
    var changes =
        Orders.changes(graph, Order.of(event), event.site(), position, event.receivedAt());
    for (var change : changes) {
      graph.apply(change);
      if (change instanceof Joined join) {
        tally.joined(join.evidence());
      }
    }
    return changes;
  }

  private List<Split> splits(long position, String site) {
    var splits = new ArrayList<Split>(0);
    for (var change : graph.movesAt(position)) {
      if (change instanceof Parted parted) {
        splits.add(new Split(position, site, parted.whole(), parted.part()));
      }
    }
    return splits;
  }

  /** Whose an event of the past was and is, when the log stands at {@code asOf}. */
  public Whose whose(long position, Event event, long asOf) {
    var named = named(event.subject(), position);
    return named == null
        ? new Whose(event.message(), event.message(), event.message())
        : graph.whose(named, position, asOf);
  }

  /** The identifier whose event it is, when the log stands at {@code asOf}. */
  private @Nullable Id128 named(Subject subject, long asOf) {
    var device = device(subject);
    if (subject.user() != null && (device == null || !graph.isQuarantined(subject.user(), asOf))) {
      return subject.user();
    }
    return device != null ? device : subject.previous();
  }

  private static @Nullable Id128 device(Subject subject) {
    return subject.device() != null ? subject.device() : subject.otherDevice();
  }

  private static boolean several(Subject subject) {
    return subject.keys().stream().filter(key -> key != null).count() > 1;
  }

  /** A device that changed hands relates nobody to anybody, nor does a profile of one's own. */
  private static boolean relates(List<Change> changes) {
    return changes.stream()
        .anyMatch(
            change ->
                change instanceof Joined
                    || (change instanceof Pointed to
                        && to.cause() == Cause.PERSON
                        && !to.profile().equals(to.identifier())));
  }

  private List<Merge> merges(long position) {
    var merges = new ArrayList<Merge>(0);
    for (var change : graph.movesAt(position)) {
      if (change instanceof Joined join) {
        merges.add(new Merge(position, join.from(), join.into(), join.evidence()));
      }
    }
    return merges;
  }

  private List<Change> learn(long position, Event event) {
    var step = new Step(graph, limits, tally, position, event.receivedAt());
    var subject = event.subject();
    var other = subject.otherDevice();
    var device = device(subject);
    var user = subject.user();
    if (device != null && other != null) {
      step.pair(other, device);
    }
    if (user != null) {
      step.claim(user, device);
    }
    if (user != null && other != null) {
      step.claimBeside(user, other);
    }
    var named = named(subject, position);
    if (named != null && subject.previous() != null) {
      step.join(named, subject.previous(), "alias");
    }
    return step.changes();
  }
}
