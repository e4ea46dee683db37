package io.marquetry.identity.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.identity.core.LinkRule.Linking;
import java.util.ArrayList;
import java.util.List;

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
}
