package io.marquetry.identity.core;

import io.marquetry.kit.Id128;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One profile that stands for itself: what leads to it, whose it is, and what connects it.
 *
 * <p>Design note: a connection is noted only where it brings two things together that were apart,
 * so the edges form a tree with the profile's own id in it, and taking one away parts it in two.
 */
final class Group {
  static final int MAX_PARTINGS = 50;

  final Id128 root;
  final Set<Id128> identifiers = new LinkedHashSet<>();
  final Set<Id128> persons = new LinkedHashSet<>();
  final List<Edge> edges = new ArrayList<>(2);
  final List<Parting> partings = new ArrayList<>(0);

  /** Pairs of identifiers that were split and are not to be joined by a rule. */
  final Set<Apart> apart = new HashSet<>(0);

  /** Two identifiers that are to stay apart. */
  record Apart(Id128 one, Id128 other) {}

  Group(Id128 root) {
    this.root = root;
  }

  @Nullable Id128 person() {
    return persons.isEmpty() ? null : persons.iterator().next();
  }

  /** Everything that is connected, gone or not. */
  Set<Id128> nodes() {
    var nodes = new LinkedHashSet<Id128>();
    nodes.add(root);
    nodes.addAll(identifiers);
    for (var edge : edges) {
      nodes.add(edge.near());
      nodes.add(edge.far());
    }
    return nodes;
  }

  boolean connects(Id128 identifier) {
    return root.equals(identifier)
        || edges.stream().anyMatch(e -> e.near().equals(identifier) || e.far().equals(identifier));
  }

  /** How many profiles went up in it after a moment. */
  int joinedSince(long moment) {
    int joined = 0;
    for (var edge : edges) {
      joined += edge.from() != null && edge.at() > moment ? 1 : 0;
    }
    return joined;
  }

  void absorb(Group other) {
    identifiers.addAll(other.identifiers);
    persons.addAll(other.persons);
    edges.addAll(other.edges);
    apart.addAll(other.apart);
    other.partings.forEach(this::note);
  }

  void note(Parting parting) {
    partings.add(parting);
    if (partings.size() > MAX_PARTINGS) {
      partings.removeFirst();
    }
  }

  /**
   * The connection on which an identifier, or a profile that went up here, hangs; null for what is
   * the profile's own or not connected.
   */
  @Nullable Edge holding(Id128 part) {
    for (var edge : edges) {
      if (part.equals(edge.from())) {
        return edge;
      }
    }
    return part.equals(root) ? null : towardsRoot(part);
  }

  private @Nullable Edge towardsRoot(Id128 part) {
    var reachedBy = new HashMap<Id128, Edge>();
    walk(root, reachedBy);
    return reachedBy.get(part);
  }

  /** What a connection holds: the nodes that are no longer connected to the root without it. */
  Set<Id128> beyond(Edge edge) {
    edges.remove(edge);
    var beyond = nodes();
    beyond.removeAll(walk(root, new HashMap<>()));
    edges.add(edge);
    return beyond;
  }

  private Set<Id128> walk(Id128 start, Map<Id128, Edge> reachedBy) {
    var neighbours = new HashMap<Id128, List<Edge>>();
    for (var edge : edges) {
      neighbours.computeIfAbsent(edge.near(), node -> new ArrayList<>(2)).add(edge);
      neighbours.computeIfAbsent(edge.far(), node -> new ArrayList<>(2)).add(edge);
    }
    var seen = new HashSet<Id128>(Set.of(start));
    var open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      var node = open.remove();
      for (var edge : neighbours.getOrDefault(node, List.of())) {
        var next = edge.across(node);
        if (seen.add(next)) {
          reachedBy.put(next, edge);
          open.add(next);
        }
      }
    }
    return seen;
  }
}
