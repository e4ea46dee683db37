package io.marquetry.experimentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * An event that is a reward of a bandit.
 *
 * @param position in the log, by which it counts once
 * @param profiles under which the visitor may have been shown something
 * @param at when it happened, milliseconds since the epoch
 */
public record Won(String bandit, long position, List<Id128> profiles, long at, double value) {
  public Won {
    profiles = List.copyOf(profiles);
  }

  /** The bandits that an event is a reward of, and what it is worth to them. */
  public static List<Won> of(
      Event event, long position, List<Id128> profiles, Collection<Bandit> bandits) {
    var won = new ArrayList<Won>(1);
    for (var bandit : bandits) {
      var value = bandit.spec().reward().of(event.name(), event.fields());
      if (value != null) {
        won.add(new Won(bandit.key(), position, profiles, event.at(), value));
      }
    }
    return won;
  }

  /** Whether an event is a reward of any. */
  public static boolean isAny(Event event, Collection<Bandit> bandits) {
    return !of(event, 0, List.of(), bandits).isEmpty();
  }
}
