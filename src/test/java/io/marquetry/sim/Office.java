package io.marquetry.sim;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.IdentityMessage.Action;
import io.marquetry.bus.IdentityMessage.Connection;
import io.marquetry.bus.IdentityMessage.Connections;
import io.marquetry.bus.IdentityMessage.GetConnections;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.IdentityMessage.Rearrange;
import io.marquetry.bus.IdentityMessage.Rearranged;
import io.marquetry.kit.Id128;
import io.marquetry.sim.Shop.Group;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Those in charge: they look at a profile, and have it joined with another, or have taken back what
 * it was joined by. They give an order once; what became of one that nobody answered is in the log.
 */
final class Office {
  private final World world;
  private final Installation installation;
  private final Shop shop;
  private final SplittableRandom chance;
  private final List<Rearranged> done = new ArrayList<>();

  Office(World world, Installation installation, Shop shop) {
    this.world = world;
    this.installation = installation;
    this.shop = shop;
    this.chance = world.chance();
  }

  /** The orders that were confirmed. */
  List<Rearranged> done() {
    return done;
  }

  /** Looks at somebody and gives an order about them; people are joined with those beside them. */
  void order() {
    var group = shop.groups().get(chance.nextInt(shop.groups().size()));
    identifiers(group)
        .compose(
            found -> installation.ask(Addresses.CONNECTIONS, new GetConnections(found.profile())))
        .compose(found -> decide(group, found))
        .compose(this::give)
        .onSuccess(done::add)
        .onFailure(failure -> world.note("an order is not confirmed: " + failure));
  }

  private Future<Identifiers> identifiers(Group group) {
    var key = pick(group.keys());
    return installation.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(key)));
  }

  private Future<Rearrange> decide(Group group, Connections found) {
    var profile = found.profile();
    if (chance.nextInt(3) == 0) {
      return identifiers(group).map(other -> order(Action.MERGE, profile, other.profile()));
    }
    var joined =
        found.connections().stream().map(Connection::from).filter(Objects::nonNull).toList();
    return Future.succeededFuture(
        joined.isEmpty() || chance.nextBoolean()
            ? order(Action.SPLIT, profile, pick(found.identifiers()))
            : order(Action.UNMERGE, profile, pick(joined)));
  }

  private static Rearrange order(Action action, Id128 profile, Id128 part) {
    return new Rearrange(action, Shop.SITE, profile, part, 0);
  }

  private Future<Rearranged> give(Rearrange order) {
    world.note("an order is given", order);
    return installation.ask(Addresses.REARRANGE, order);
  }

  private Id128 pick(List<Id128> ids) {
    return ids.get(chance.nextInt(ids.size()));
  }
}
