package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.IdentityMessage.GetConnections;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.IdentityViews;
import io.marquetry.console.core.Views;
import io.marquetry.console.core.VisitorId;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
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
  private final Lookup lookup;

  VisitorOperations(Bus bus, Lookup lookup) {
    this.bus = bus;
    this.lookup = lookup;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("profiles.get", this::profile);
    handlers.put("decisions.query", (actor, body) -> decisions(body));
  }

  private Future<Map<String, Object>> profile(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var id = arguments.text("id");
    var site = arguments.optionalText("site");
    arguments.end();
    return lookup
        .visitor("id", id, site)
        .compose(
            visitor ->
                lookup
                    .profile(visitor)
                    .compose(profile -> note(actor, profile).map(noted -> profile))
                    .compose(
                        profile ->
                            lookup.read(profile).compose(view -> withConnections(profile, view)))
                    .compose(view -> withConsent(visitor, view)));
  }

  private Future<?> note(Actor actor, Id128 profile) {
    return bus.ask(
        Addresses.AUDIT, new Audit(actor.name(), "profiles.get", profile.toString(), null, null));
  }

  /** On what evidence they are who they are; left out where identity does not run here. */
  private Future<Map<String, Object>> withConnections(Id128 profile, Map<String, Object> view) {
    return lookup.knowsIdentities()
        ? bus.ask(Addresses.CONNECTIONS, new GetConnections(profile))
            .map(connections -> IdentityViews.with(view, connections, lookup.ids()))
        : Future.succeededFuture(view);
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
    var id = decision == null ? null : DecisionOperations.id(decision);
    Future<@Nullable Id128> profile =
        visitor == null
            ? Future.succeededFuture(null)
            : lookup.visitor("visitor", visitor, site).compose(lookup::profile).map(found -> found);
    return profile
        .compose(
            of ->
                bus.ask(
                    Addresses.QUERY_DECISIONS,
                    new QueryDecisions(id, of, component, variant, rule, from, to, limit)))
        .map(found -> Map.of("decisions", DecisionOperations.views(found)));
  }
}
