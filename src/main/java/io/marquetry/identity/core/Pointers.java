package io.marquetry.identity.core;

import io.marquetry.identity.core.Change.Cause;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where identifiers lead of which something was said, as of any position of the log.
 *
 * <p>A device that changes hands for ever keeps its newest {@value #MAX} pointers; beyond them the
 * oldest one kept speaks for all before it.
 */
final class Pointers {
  static final int MAX = 64;

  private final Map<Id128, List<Pointed>> all = new HashMap<>();

  void add(Pointed pointed) {
    var known = all.getOrDefault(pointed.identifier(), List.of());
    var longer = new ArrayList<Pointed>(known.size() + 1);
    longer.addAll(known);
    longer.add(pointed);
    all.put(
        pointed.identifier(),
        List.copyOf(longer.size() > MAX ? longer.subList(1, longer.size()) : longer));
  }

  boolean knows(Id128 identifier) {
    return all.containsKey(identifier);
  }

  @Nullable Pointed newest(Id128 identifier) {
    var known = all.get(identifier);
    return known == null ? null : known.getLast();
  }

  /** The profile an identifier was pointed at; that with its own bits where nothing was said. */
  Id128 target(Id128 identifier, long asOf) {
    var pointed = effective(identifier, asOf);
    return pointed == null ? identifier : pointed.profile();
  }

  private @Nullable Pointed effective(Id128 identifier, long asOf) {
    var known = all.get(identifier);
    if (known == null) {
      return null;
    }
    for (int i = known.size() - 1; i >= 0; i--) {
      if (known.get(i).position() <= asOf) {
        return known.get(i);
      }
    }
    return known.size() < MAX ? null : known.getFirst();
  }

  /** The node of an identifier in what connects the profile it was pointed at. */
  Id128 place(Id128 identifier, long asOf) {
    var pointed = effective(identifier, asOf);
    return pointed == null ? identifier : pointed.place();
  }

  /** The people a device is known to have been handed to. */
  Set<Id128> people(Id128 device) {
    var people = new HashSet<Id128>();
    for (var pointed : all.getOrDefault(device, List.of())) {
      var person = pointed.via();
      if (pointed.cause() == Cause.HANDED && person != null) {
        people.add(person);
      }
    }
    return people;
  }
}
