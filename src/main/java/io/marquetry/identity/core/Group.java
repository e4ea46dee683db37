package io.marquetry.identity.core;

import io.marquetry.kit.Id128;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One profile that stands for itself: what leads to it, whose it is, and what connects it.
 *
 * <p>Design note: a connection is noted only where it brings two things together that were apart,
 * so the edges form a tree with the profile's own id in it, and taking one away parts it in two.
 * The nodes are identifiers; a device that was handed over has a node of its own for each person it
 * was handed to ({@link Change.Pointed#place}), since it may be in the trees of several.
 */
final class Group {
  static final int MAX_PARTINGS = 50;
  static final int MAX_EDGES = 500;

  final Id128 root;
  final Set<Id128> persons = new LinkedHashSet<>();
  final List<Edge> edges = new ArrayList<>(2);
  final List<Parting> partings = new ArrayList<>(0);

  /** What leads here now, and its node. */
  final Map<Id128, Id128> places = new LinkedHashMap<>();

  /** The identifiers of nodes that have another id. */
  final Map<Id128, Id128> aliases = new HashMap<>(0);

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

  Set<Id128> identifiers() {
    return places.keySet();
  }

  /** The identifier that a node stands for. */
  Id128 identifier(Id128 node) {
    return aliases.getOrDefault(node, node);
  }

  /** The node of an identifier, as far as it is connected here; else the profile's own. */
  Id128 node(@Nullable Id128 identifier) {
    if (identifier == null) {
      return root;
    }
    var node = places.getOrDefault(identifier, identifier);
    return connects(node) ? node : root;
  }

  /** Notes what leads here, by its node; {@code edge} connects it unless it is connected. */
  void place(Id128 identifier, Id128 node, Edge edge) {
    places.put(identifier, node);
    if (!node.equals(identifier)) {
      aliases.put(node, identifier);
    }
    if (!connects(node)) {
      edges.add(edge);
      shrink();
    }
  }

  /** Lets go of the oldest device that was here for a while and is elsewhere now. */
  private void shrink() {
    if (edges.size() <= MAX_EDGES) {
      return;
    }
    for (var edge : edges) {
      if (edge.evidence().equals(Edge.HANDED)
          && !places.containsValue(edge.far())
          && edges.stream().noneMatch(other -> other.near().equals(edge.far()))) {
        edges.remove(edge);
        aliases.remove(edge.far());
        return;
      }
    }
  }

  /** Everything that is connected, gone or not. */
  Set<Id128> nodes() {
    var nodes = new LinkedHashSet<Id128>();
    nodes.add(root);
    for (var edge : edges) {
      nodes.add(edge.near());
      nodes.add(edge.far());
    }
    return nodes;
  }

  /** The identifiers of everything that is or was connected. */
  Set<Id128> everything() {
    var all = new LinkedHashSet<>(identifiers());
    nodes().forEach(node -> all.add(identifier(node)));
    return all;
  }

  boolean connects(Id128 node) {
    return root.equals(node)
        || edges.stream().anyMatch(e -> e.near().equals(node) || e.far().equals(node));
  }

  /** An edge with identifiers for its ends. */
  Edge named(Edge edge) {
    return new Edge(
        edge.position(),
        edge.at(),
        edge.evidence(),
        identifier(edge.near()),
        identifier(edge.far()),
        edge.from());
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
    places.putAll(other.places);
    aliases.putAll(other.aliases);
    persons.addAll(other.persons);
    edges.addAll(other.edges);
    apart.addAll(other.apart);
    other.partings.forEach(this::note);
  }

  /**
   * Gives some nodes to another, with what is known of them.
   *
   * @return the identifiers that lead there from now on
   */
  List<Id128> give(Group part, Set<Id128> nodes) {
    var given =
        places.entrySet().stream()
            .filter(place -> nodes.contains(place.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    for (var identifier : given) {
      part.places.put(identifier, Objects.requireNonNull(places.remove(identifier)));
    }
    for (var person : List.copyOf(persons)) {
      if (part.places.containsKey(person)) {
        persons.remove(person);
        part.persons.add(person);
      }
    }
    var taken = edges.stream().filter(edge -> nodes.contains(edge.far())).toList();
    edges.removeAll(taken);
    part.edges.addAll(taken);
    part.aliases.putAll(aliases);
    part.aliases.keySet().retainAll(nodes);
    aliases.keySet().removeAll(nodes);
    return given;
  }

  void note(Parting parting) {
    partings.add(parting);
    if (partings.size() > MAX_PARTINGS) {
      partings.removeFirst();
    }
  }

  /** The connection by which a profile went up here; null where it did not. */
  @Nullable Edge joining(Id128 profile) {
    for (var edge : edges) {
      if (profile.equals(edge.from())) {
        return edge;
      }
    }
    return null;
  }

  /**
   * The connection by which an identifier came to be part of this profile: the join it came with,
   * else what it hangs on. Null for what is the profile's own or not connected.
   */
  @Nullable Edge holding(Id128 identifier) {
    var reachedBy = new HashMap<Id128, Edge>();
    walk(root, reachedBy);
    var node = places.getOrDefault(identifier, identifier);
    var hangsOn = reachedBy.get(node);
    for (var edge = hangsOn; edge != null; edge = reachedBy.get(node)) {
      if (edge.from() != null) {
        return edge;
      }
      node = edge.across(node);
    }
    return hangsOn;
  }

  /** What a connection holds: the nodes that are no longer connected to the root without it. */
  Set<Id128> beyond(Edge edge) {
    edges.remove(edge);
    var reached = walk(root, new HashMap<>());
    edges.add(edge);
    var beyond = nodes();
    beyond.removeAll(reached);
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
