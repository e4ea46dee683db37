package io.marquetry.identity.core;

import io.marquetry.bus.IdentityMessage.Action;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Parted;
import io.marquetry.identity.core.Change.Released;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody in charge has done to the graph, which no rule may do: profiles of two people are
 * joined, connections taken back, identifiers let out of quarantine.
 *
 * <p>An order is checked when it is given and again when its turn in the log comes, since things
 * may have changed in between; then it changes nothing.
 */
public final class Orders {
  /** The flag of an event that is an order, and the field that holds it. */
  public static final String FLAG = "order";

  private Orders() {}

  /**
   * What is wanted.
   *
   * @param profile the profile that goes on; of a release the identifier
   * @param part the profile that goes up, or went up; of a split an identifier
   * @param since no event of the profile arrived before, milliseconds since the epoch
   */
  public record Order(Action action, Id128 profile, Id128 part, long since) {

    /** As it goes into the log. */
    public Map<String, Object> toJson() {
      return Map.of(
          "action", action.key(),
          "profile", profile.toString(),
          "part", part.toString(),
          "since", since);
    }

    /** The order that an event of the log is. */
    static Order of(Event event) {
      var json = event.object(FLAG);
      var action = Action.of(json.get("action"));
      if (action == null) {
        throw new IllegalArgumentException("an order without an action");
      }
      return new Order(
          action,
          Id128.parse(String.valueOf(json.get("profile"))),
          Id128.parse(String.valueOf(json.get("part"))),
          json.get("since") instanceof Number since ? since.longValue() : 0);
    }
  }

  /** Why an order cannot be carried out now; null where it can. */
  public static @Nullable String problem(IdentityGraph graph, Order order) {
    var profile = graph.root(order.profile());
    var part = graph.root(order.part());
    return switch (order.action()) {
      case MERGE -> {
        if (profile.equals(part)) {
          yield "they are one profile already";
        }
        if (!graph.isProfile(profile) || !graph.isProfile(part)) {
          yield "there is no such profile";
        }
        int size = graph.size(profile) + graph.size(part) + 1;
        yield size > Limits.MAX_IDENTIFIERS
            ? "together they have more than " + Limits.MAX_IDENTIFIERS + " identifiers"
            : null;
      }
      case UNMERGE ->
          edge(graph, order) == null
              ? "no such profile went up in this one, or not any more"
              : null;
      case SPLIT ->
          edge(graph, order) == null
              ? "it hangs on nothing in this profile: split off what hangs on it"
              : null;
      case RELEASE ->
          graph.isQuarantined(order.profile(), IdentityGraph.NOW) ? null : "is not in quarantine";
    };
  }

  /** The change that an order comes to; the list is empty where it cannot be carried out. */
  static List<Change> changes(
      IdentityGraph graph, Order order, String site, long position, long at) {
    if (problem(graph, order) != null) {
      return List.of();
    }
    var profile = graph.root(order.profile());
    return switch (order.action()) {
      case MERGE ->
          List.of(
              new Joined(
                  position,
                  at,
                  graph.root(order.part()),
                  profile,
                  Joined.ADMIN,
                  order.profile(),
                  order.part()));
      case UNMERGE, SPLIT -> split(graph, order, site, profile, position, at);
      case RELEASE -> List.of(new Released(position, at, order.profile()));
    };
  }

  /** The connection that an order takes back; null where there is none. */
  private static @Nullable Edge edge(IdentityGraph graph, Order order) {
    var group = graph.known(graph.root(order.profile()));
    if (group == null) {
      return null;
    }
    return order.action() == Action.UNMERGE
        ? group.joining(order.part())
        : group.holding(order.part());
  }

  private static List<Change> split(
      IdentityGraph graph, Order order, String site, Id128 profile, long position, long at) {
    var edge = edge(graph, order);
    var group = graph.known(profile);
    if (edge == null || group == null) {
      return List.of();
    }
    var nodes = group.beyond(edge);
    boolean farGoes = nodes.contains(edge.far());
    var stays = farGoes ? edge.near() : edge.far();
    var goes = farGoes ? edge.far() : edge.near();
    var part = partId(graph, order, edge, nodes, goes, position);
    return List.of(new Parted(position, at, site, profile, part, stays, goes));
  }

  /** The profile that went up gets its id back where what is split off is still around it. */
  private static Id128 partId(
      IdentityGraph graph, Order order, Edge edge, Set<Id128> nodes, Id128 goes, long position) {
    var from = edge.from();
    if (from != null && nodes.contains(from)) {
      return from;
    }
    return graph.freeId(nodes.contains(order.part()) ? order.part() : goes, position);
  }
}
