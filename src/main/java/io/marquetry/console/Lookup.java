package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IdentityMessage.GetConnections;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.console.core.VisitorId;
import io.marquetry.console.core.VisitorId.Kind;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Topology;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds visitors by what people call them, and what is held of them. */
final class Lookup {
  private final Bus bus;
  private final Topology topology;
  private final Ids ids;
  private final DefinitionOperations definitions;

  Lookup(Bus bus, Topology topology, Ids ids, DefinitionOperations definitions) {
    this.bus = bus;
    this.topology = topology;
    this.ids = ids;
    this.definitions = definitions;
  }

  Ids ids() {
    return ids;
  }

  boolean knowsIdentities() {
    return topology.runs("identity");
  }

  Future<VisitorId> visitor(String field, String text, @Nullable String site) {
    return definitions
        .catalogue()
        .map(catalogue -> VisitorId.parse(field, text, site, catalogue, ids));
  }

  /** The profile that a text names: its id, {@code anonymous:…} or {@code user:…}. */
  Future<Id128> find(String field, String text, String site) {
    return visitor(field, text, site).compose(this::profile);
  }

  /** The profile that a name leads to; the key itself where identity does not run here. */
  Future<Id128> profile(VisitorId visitor) {
    if (!knowsIdentities()) {
      return Future.succeededFuture(visitor.key());
    }
    return visitor.kind() == Kind.PROFILE
        ? bus.ask(Addresses.CONNECTIONS, new GetConnections(visitor.key()))
            .map(found -> found.profile())
        : bus.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(visitor.key())))
            .map(found -> found.profile());
  }

  /** Everything held of a profile; fails where there is none. */
  Future<Map<String, Object>> read(Id128 profile) {
    int owners = topology.instances("segmentation");
    if (owners == 0) {
      throw new Refused(Reason.UNAVAILABLE, "profiles are not kept in this process");
    }
    return bus.ask(Addresses.PROFILE.to(Shards.owner(profile, owners)), new GetProfile(profile))
        .map(
            found -> {
              var view = found.profile();
              if (view == null) {
                throw new Refused(Reason.NOT_FOUND, "id", "there is no such profile");
              }
              return view;
            });
  }
}
