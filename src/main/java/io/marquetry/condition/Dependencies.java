package io.marquetry.condition;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/** What a condition reads, gathered while walking it. */
record Dependencies(Set<FieldPath> fields, Set<String> segments, Set<Behaviour> behaviours) {
  static Dependencies of(Node root) {
    var found = new Dependencies(new TreeSet<>(), new TreeSet<>(), new LinkedHashSet<>());
    root.collect(found);
    return found;
  }
}
