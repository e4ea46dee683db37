package io.marquetry.identity.core;

import io.marquetry.identity.core.Change.Quarantined;
import io.marquetry.identity.core.Change.Released;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which identifiers stood for too many, as of any position of the log. */
final class Quarantines {
  private final Map<Id128, List<Stay>> stays = new HashMap<>();

  /** Those that are in now, the longest first. */
  private final Map<Id128, Quarantined> now = new LinkedHashMap<>();

  /** From one position up to but without another. */
  private record Stay(long from, long until) {}

  void enter(Quarantined quarantined) {
    var longer = new ArrayList<>(stays.getOrDefault(quarantined.identifier(), List.of()));
    longer.add(new Stay(quarantined.position(), Long.MAX_VALUE));
    stays.put(quarantined.identifier(), List.copyOf(longer));
    now.put(quarantined.identifier(), quarantined);
  }

  void leave(Released released) {
    var known = stays.get(released.identifier());
    if (known != null && now.remove(released.identifier()) != null) {
      var ended = new ArrayList<>(known);
      ended.set(ended.size() - 1, new Stay(ended.getLast().from(), released.position()));
      stays.put(released.identifier(), List.copyOf(ended));
    }
  }

  boolean holds(@Nullable Id128 identifier, long asOf) {
    var known = identifier == null ? null : stays.get(identifier);
    if (known != null) {
      for (var stay : known) {
        if (stay.from() <= asOf && (asOf < stay.until() || stay.until() == Long.MAX_VALUE)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Those in quarantine now, the longest first. */
  List<Quarantined> all() {
    return List.copyOf(now.values());
  }

  int size(boolean persons) {
    int size = 0;
    for (var one : now.values()) {
      size += one.suspicion().isOfPerson() == persons ? 1 : 0;
    }
    return size;
  }
}
