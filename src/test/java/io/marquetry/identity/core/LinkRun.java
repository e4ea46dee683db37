package io.marquetry.identity.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.identity.core.LinkRule.Linking;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph and the rule that makes it, for tests that feed it logs. */
final class LinkRun {
  private final IdentityGraph graph = new IdentityGraph();
  private final LinkRule rule;

  LinkRun(Limits limits) {
    rule = new LinkRule(graph, limits);
  }

  IdentityGraph graph() {
    return graph;
  }

  LinkRule rule() {
    return rule;
  }

  /** Links events that stand in the log from a position on. */
  List<Linking> link(List<Event> events, long from) {
    var linkings = new ArrayList<Linking>();
    for (int i = 0; i < events.size(); i++) {
      linkings.add(rule.link(from + i, events.get(i)));
    }
    return linkings;
  }

  /** Which of these identifiers lead to which profile now. */
  Map<Id128, Set<Id128>> partition(Collection<Id128> identifiers) {
    var partition = new LinkedHashMap<Id128, Set<Id128>>();
    for (var identifier : identifiers) {
      var profile = graph.resolve(identifier, IdentityGraph.NOW);
      partition.computeIfAbsent(profile, id -> new HashSet<>()).add(identifier);
    }
    return partition;
  }

  /** Who has now what each of these events did; they stand in the log from its beginning. */
  List<Id128> holders(List<Event> events) {
    var holders = new ArrayList<Id128>();
    for (int i = 0; i < events.size(); i++) {
      holders.add(rule.whose(i + 1, events.get(i), IdentityGraph.NOW).holder());
    }
    return holders;
  }
}
