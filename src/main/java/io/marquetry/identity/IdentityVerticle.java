package io.marquetry.identity;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.IdentityMessage.Attribute;
import io.marquetry.bus.IdentityMessage.Attributed;
import io.marquetry.bus.IdentityMessage.Checkpoint;
import io.marquetry.bus.IdentityMessage.Connection;
import io.marquetry.bus.IdentityMessage.Connections;
import io.marquetry.bus.IdentityMessage.GetConnections;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.GetQuarantine;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.IdentityMessage.Link;
import io.marquetry.bus.IdentityMessage.Linked;
import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IdentityMessage.Parting;
import io.marquetry.bus.IdentityMessage.Quarantine;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.Split;
import io.marquetry.bus.IdentityMessage.Suspect;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.follow.Site;
import io.marquetry.identity.core.Change.Quarantined;
import io.marquetry.identity.core.Edge;
import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.identity.core.LinkRule;
import io.marquetry.identity.core.Orders;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Pg;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** Wires the identity graph to the bus, to consent and to its journal. One instance. */
public final class IdentityVerticle extends VerticleBase {
  private static final int CONNECTIONS = 2;
  private static final long RETRY_MILLIS = 1_000;
  private static final int MAX_SUSPECTS = 1_000;

  private final ComponentContext component;
  private final Function<Vertx, IdentityStore> stores;
  private final Supplier<UUID> orderIds;
  private final IdentityGraph graph = new IdentityGraph();
  private Map<String, Site> sites = Map.of();
  private Wiring wiring;

  /** What {@link #start} makes. */
  private record Wiring(
      Bus bus,
      IdentityStore store,
      LinkRule rule,
      WriteBehind journal,
      Reconciler reconciler,
      Rebuilder rebuilder,
      Rearranger rearranger,
      ConsentFollower consent) {}

  public IdentityVerticle(ComponentContext component) {
    this(
        component,
        vertx -> new PgIdentityStore(Pg.pool(vertx, component.database(), "identity", CONNECTIONS)),
        UUID::randomUUID);
  }

  @SuppressWarnings("NullAway.Init") // a verticle's fields are made in start()
  IdentityVerticle(
      ComponentContext component, Function<Vertx, IdentityStore> stores, Supplier<UUID> orderIds) {
    this.component = component;
    this.stores = stores;
    this.orderIds = orderIds;
  }

  @Override
  public Future<?> start() {
    var config = IdentityConfig.from(component);
    var store = stores.apply(vertx);
    return store.load(graph).compose(position -> start(config, store, position));
  }

  private Future<?> start(IdentityConfig config, IdentityStore store, long position) {
    var bus = Bus.of(vertx);
    boolean consents = component.topology().runs("consent");
    var rule = new LinkRule(graph, config.limits());
    int owners = component.topology().instances("segmentation");
    var rebuilder = new Rebuilder(vertx, bus, store, graph, rule, owners);
    wiring =
        new Wiring(
            bus,
            store,
            rule,
            new WriteBehind(store, position),
            new Reconciler(bus, graph, config.reconcileWithin(), consents),
            rebuilder,
            new Rearranger(vertx, bus, graph, rebuilder, orderIds),
            // Nothing here outlives a turn of the loop on the strength of a grant.
            new ConsentFollower(
                bus,
                component.ticks(),
                "identity",
                component.instance(),
                record -> Future.succeededFuture()));
    IdentityFigures.show(graph, wiring.rule().tally());
    vertx.setPeriodic(config.flushEvery().toMillis(), tick -> wiring.journal().flush());
    vertx.setPeriodic(RETRY_MILLIS, tick -> wiring.reconciler().retry());
    return new CatalogueFollower(bus, "identity", component.instance(), this::define)
        .start()
        .compose(defined -> wiring.consent().start())
        .compose(following -> rebuilder.start())
        .compose(started -> serve(bus));
  }

  @Override
  public Future<?> stop() {
    wiring.rebuilder().stop();
    return wiring
        .bus()
        .leave()
        .compose(left -> wiring.journal().flush())
        .compose(done -> wiring.journal().flush()) // what came while the last batch was under way
        .eventually(() -> wiring.store().close());
  }

  private Future<Void> define(Catalogue catalogue) {
    sites = Site.all(catalogue);
    wiring.consent().defaults(catalogue);
    return Future.succeededFuture();
  }

  private Future<?> serve(Bus bus) {
    return Future.all(
        List.of(
            bus.serve(Addresses.LINK, this::link),
            bus.serve(Addresses.RESOLVE, asked -> Future.succeededFuture(resolve(asked))),
            bus.serve(Addresses.ATTRIBUTE, asked -> Future.succeededFuture(attribute(asked))),
            bus.serve(Addresses.IDENTIFIERS, asked -> Future.succeededFuture(identifiers(asked))),
            bus.serve(Addresses.REARRANGE, wiring.rearranger()::rearrange),
            bus.serve(Addresses.CONNECTIONS, asked -> Future.succeededFuture(connections(asked))),
            bus.serve(Addresses.QUARANTINE, asked -> Future.succeededFuture(quarantine(asked))),
            bus.serve(
                Addresses.IDENTITY_CHECKPOINT,
                asked -> Future.succeededFuture(new Checkpoint(wiring.journal().stored()))),
            bus.serve(
                Addresses.ping("identity").to(component.instance()),
                asked -> Future.succeededFuture(pong()))));
  }

  private Future<Linked> link(Link batch) {
    if (wiring.journal().isFull()) {
      throw new Refused(Reason.OVERLOADED, "the identity journal cannot be stored");
    }
    var profiles = new ArrayList<Id128>(batch.events().size());
    var merges = new ArrayList<Merge>();
    var splits = new ArrayList<Split>();
    var related = new LinkedHashMap<Id128, String>();
    for (var logged : batch.events()) {
      var linking = wiring.rule().link(logged.position(), logged.event());
      wiring.journal().add(linking.changes(), logged.position());
      profiles.add(linking.profile());
      merges.addAll(linking.merges());
      splits.addAll(linking.splits());
      if (logged.event().is(Orders.FLAG)) {
        wiring.rearranger().carriedOut(logged.position(), logged.event(), linking.changes());
      }
      linking.related().forEach(profile -> related.put(profile, logged.event().site()));
    }
    var linked = new Linked(profiles, merges, splits);
    return related.isEmpty()
        ? Future.succeededFuture(linked)
        : wiring.reconciler().reconcile(current(related)).map(linked);
  }

  /** A later event of the batch may have joined a profile once more. */
  private Map<Id128, String> current(Map<Id128, String> profiles) {
    var current = new LinkedHashMap<Id128, String>();
    profiles.forEach((profile, site) -> current.put(graph.root(profile), site));
    return current;
  }

  private VisitorRef resolve(Resolve asked) {
    if (asked.device() == null && asked.user() == null) {
      throw new Refused(Reason.INVALID, "a visitor comes with a device or as a user");
    }
    var profile = graph.find(asked.device(), asked.user());
    var user = asked.user() != null ? asked.user() : graph.user(profile);
    var keys = Arrays.asList(asked.device(), user, profile);
    var site = sites.get(asked.site());
    var optOut = asked.gpc() ? Site.stoppedByGpc(site) : Purposes.NONE;
    long now = wiring.consent().now();
    var view = wiring.consent().view();
    var allowed = view.allowed(asked.site(), keys, optOut, now);
    return view.grant(
            asked.site(),
            Purpose.PERSONALIZATION,
            keys,
            optOut.allows(Purpose.PERSONALIZATION),
            now)
        .map(grant -> new VisitorRef(profile, allowed, grant.version()))
        .orElseGet(() -> new VisitorRef(null, allowed, view.version(keys)));
  }

  private Attributed attribute(Attribute asked) {
    var origins = new ArrayList<Id128>(asked.events().size());
    var holders = new ArrayList<Id128>(asked.events().size());
    for (var logged : asked.events()) {
      var whose = wiring.rule().whose(logged.position(), logged.event(), asked.asOf());
      origins.add(whose.origin());
      holders.add(whose.holder());
    }
    return new Attributed(origins, holders);
  }

  private Identifiers identifiers(GetIdentifiers asked) {
    if (asked.keys().isEmpty()) {
      throw new Refused(Reason.INVALID, "keys", "at least one identifier is needed");
    }
    var profile = graph.resolve(asked.keys().getFirst(), IdentityGraph.NOW);
    return new Identifiers(profile, List.copyOf(graph.identifiers(asked.keys())));
  }

  private Connections connections(GetConnections asked) {
    var profile = graph.root(asked.profile());
    var partings =
        graph.partings(profile).stream()
            .map(
                one ->
                    new Parting(
                        one.position(),
                        one.at(),
                        one.whole(),
                        one.part(),
                        connection(one.edge()),
                        wiring.rebuilder().isDone(one.position())))
            .toList();
    var own = graph.identifiers(List.of(profile));
    var suspects =
        graph.quarantined().stream()
            .filter(one -> own.contains(one.identifier()))
            .map(this::suspect)
            .toList();
    var edges = graph.edges(profile).stream().map(IdentityVerticle::connection).toList();
    return new Connections(profile, List.copyOf(own), edges, partings, suspects);
  }

  private static Connection connection(Edge edge) {
    return new Connection(
        edge.position(), edge.at(), edge.evidence(), edge.near(), edge.far(), edge.from());
  }

  private Suspect suspect(Quarantined one) {
    var profile = graph.resolve(one.identifier(), IdentityGraph.NOW);
    return new Suspect(one.identifier(), one.suspicion().key(), one.at(), profile);
  }

  private Quarantine quarantine(GetQuarantine asked) {
    var suspects =
        graph.quarantined().stream()
            .limit(Math.clamp(asked.limit(), 1, MAX_SUSPECTS))
            .map(this::suspect)
            .toList();
    return new Quarantine(graph.quarantined(true), graph.quarantined(false), suspects);
  }

  private Pong pong() {
    var state =
        wiring.journal().isFailing() ? "degraded: what is learnt cannot be stored now" : "ready";
    return new Pong("identity", component.instance(), state, 0);
  }
}
