package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.DecisioningMessage.QueryDecisions;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.GetQuarantine;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.marquetry.console.core.VisitorId;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Topology;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looking at what is held of visitors: profiles and decisions.
 *
 * <p>Looking at a person's profile is itself noted in the audit, before it is shown.
 */
final class VisitorOperations {
  private static final int SHOWN = 100;
  private static final int MOST = 1_000;

  private final Bus bus;
  private final Topology topology;
  private final Ids ids;
  private final DefinitionOperations definitions;

  VisitorOperations(Bus bus, Topology topology, Ids ids, DefinitionOperations definitions) {
    this.bus = bus;
    this.topology = topology;
    this.ids = ids;
    this.definitions = definitions;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("profiles.get", this::profile);
    handlers.put("profiles.quarantined", (actor, body) -> quarantined(body));
    handlers.put("decisions.query", (actor, body) -> decisions(body));
  }

  private Future<Map<String, Object>> profile(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var id = arguments.text("id");
    var site = arguments.optionalText("site");
    arguments.end();
    return visitor("id", id, site)
        .compose(
            visitor ->
                profileOf(visitor)
                    .compose(profile -> note(actor, profile).map(noted -> profile))
                    .compose(profile -> read(profile).compose(view -> withConsent(visitor, view))));
  }

  private Future<VisitorId> visitor(String field, String text, @Nullable String site) {
    return definitions
        .catalogue()
        .map(catalogue -> VisitorId.parse(field, text, site, catalogue, ids));
  }

  /** The profile that a key leads to; the key itself where identity does not run here. */
  private Future<Id128> profileOf(VisitorId visitor) {
    return topology.runs("identity")
        ? bus.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(visitor.key())))
            .map(found -> found.profile())
        : Future.succeededFuture(visitor.key());
  }

  /** The profile that a text names: its id, {@code anonymous:…} or {@code user:…}. */
  Future<Id128> find(String field, String text, String site) {
    return visitor(field, text, site).compose(this::profileOf);
  }

  private Future<Map<String, Object>> quarantined(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var query = new GetQuarantine(arguments.limit(SHOWN, MOST));
    arguments.end();
    return bus.ask(Addresses.QUARANTINE, query).map(Views::quarantine);
  }

  private Future<?> note(Actor actor, Id128 profile) {
    return bus.ask(
        Addresses.AUDIT, new Audit(actor.name(), "profiles.get", profile.toString(), null, null));
  }

  private Future<Map<String, Object>> read(Id128 profile) {
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

  /** What they allow is beside the profile, not in it; it is left out where it cannot be known. */
  private Future<Map<String, Object>> withConsent(VisitorId visitor, Map<String, Object> profile) {
    var site = profile.get("site") instanceof String known ? known : visitor.site();
    return bus.ask(Addresses.GET_CONSENT, new GetConsent(site, visitor.device(), visitor.person()))
        .<Map<String, Object>>map(
            state -> {
              var view = new LinkedHashMap<>(profile);
              view.put("consent", Views.consent(state));
              return view;
            })
        .recover(
            failure ->
                failure instanceof Refused refused && refused.reason() == Reason.UNAVAILABLE
                    ? Future.succeededFuture(profile)
                    : Future.failedFuture(failure));
  }

  private Future<Map<String, Object>> decisions(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var decision = arguments.optionalText("decisionId");
    var visitor = arguments.optionalText("visitor");
    var site = arguments.optionalText("site");
    var component = arguments.optionalText("component");
    var variant = arguments.optionalText("variant");
    var rule = arguments.optionalText("rule");
    var from = arguments.optionalTime("from");
    var to = arguments.optionalTime("to");
    int limit = arguments.limit(SHOWN, MOST);
    arguments.end();
    var id = decision == null ? null : decisionId(decision);
    Future<@Nullable Id128> profile =
        visitor == null
            ? Future.succeededFuture(null)
            : visitor("visitor", visitor, site).compose(this::profileOf).map(found -> found);
    return profile
        .compose(
            of ->
                bus.ask(
                    Addresses.QUERY_DECISIONS,
                    new QueryDecisions(id, of, component, variant, rule, from, to, limit)))
        .map(
            found -> Map.of("decisions", found.decisions().stream().map(Views::decision).toList()));
  }

  private static Id128 decisionId(String text) {
    if (!Id128.isId(text)) {
      throw new Refused(Reason.INVALID, "decisionId", "must be 32 hex digits");
    }
    return Id128.parse(text);
  }
}
