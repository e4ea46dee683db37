package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.IdentityMessage.Action;
import io.marquetry.bus.IdentityMessage.GetQuarantine;
import io.marquetry.bus.IdentityMessage.Rearrange;
import io.marquetry.bus.IdentityMessage.Rearranged;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.marquetry.console.core.VisitorId;
import io.marquetry.console.core.VisitorId.Kind;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Saying who is who: profiles are merged and split, identifiers are let out of quarantine.
 *
 * <p>What is done is noted in the audit before it is done, with the reason given.
 */
final class MergeOperations {
  private static final int SHOWN = 100;
  private static final int MOST = 1_000;

  /** An event may have arrived somewhat before the time it is said to be of. */
  private static final long EARLIER = Duration.ofHours(1).toMillis();

  private final Bus bus;
  private final Lookup lookup;

  /** A question about a profile and what is, or is to be, a part of it. */
  private record Two(String id, String part, @Nullable String site, @Nullable String reason) {
    static Two of(Map<String, Object> body) {
      var arguments = Arguments.of(body);
      var two =
          new Two(
              arguments.text("id"),
              arguments.text("part"),
              arguments.optionalText("site"),
              arguments.optionalText("reason"));
      arguments.end();
      return two;
    }
  }

  MergeOperations(Bus bus, Lookup lookup) {
    this.bus = bus;
    this.lookup = lookup;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("profiles.merge", this::merge);
    handlers.put("profiles.split", this::split);
    handlers.put("profiles.release", this::release);
    handlers.put("profiles.quarantined", (actor, body) -> quarantined(body));
  }

  private Future<Map<String, Object>> merge(Actor actor, Map<String, Object> body) {
    var asked = Two.of(body);
    return lookup
        .visitor("id", asked.id(), asked.site())
        .compose(
            visitor ->
                Future.all(
                        lookup.profile(visitor),
                        lookup
                            .visitor("part", asked.part(), visitor.site())
                            .compose(lookup::profile))
                    .map(
                        both ->
                            new Rearrange(
                                Action.MERGE,
                                visitor.site(),
                                both.resultAt(0),
                                both.resultAt(1),
                                0)))
        .compose(wanted -> order(actor, "profiles.merge", wanted, asked.reason()));
  }

  private Future<Map<String, Object>> split(Actor actor, Map<String, Object> body) {
    var asked = Two.of(body);
    return lookup
        .visitor("id", asked.id(), asked.site())
        .compose(
            visitor ->
                Future.all(
                        lookup.profile(visitor),
                        lookup.visitor("part", asked.part(), visitor.site()))
                    .compose(both -> parting(both.resultAt(0), both.resultAt(1))))
        .compose(wanted -> order(actor, "profiles.split", wanted, asked.reason()));
  }

  private Future<Rearrange> parting(Id128 profile, VisitorId part) {
    var action = part.kind() == Kind.PROFILE ? Action.UNMERGE : Action.SPLIT;
    return since(profile)
        .map(since -> new Rearrange(action, part.site(), profile, part.key(), since));
  }

  /** Before this nothing of the profile is in the log; 0 where that is not known. */
  private Future<Long> since(Id128 profile) {
    return lookup
        .read(profile)
        .map(view -> Instant.parse(String.valueOf(view.get("firstSeen"))).toEpochMilli() - EARLIER)
        .otherwise(0L);
  }

  private Future<Map<String, Object>> release(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var id = arguments.text("id");
    var site = arguments.optionalText("site");
    var reason = arguments.optionalText("reason");
    arguments.end();
    return lookup
        .visitor("id", id, site)
        .map(one -> new Rearrange(Action.RELEASE, one.site(), one.key(), one.key(), 0))
        .compose(wanted -> order(actor, "profiles.release", wanted, reason));
  }

  private Future<Map<String, Object>> order(
      Actor actor, String operation, Rearrange wanted, @Nullable String reason) {
    Map<String, Object> what =
        Map.of(
            "site", wanted.site(),
            "part", wanted.part().toString(),
            "reason", Objects.requireNonNullElse(reason, ""));
    var note = new Audit(actor.name(), operation, wanted.profile().toString(), null, what);
    return bus.ask(Addresses.AUDIT, note)
        .compose(noted -> bus.ask(Addresses.REARRANGE, wanted))
        .map(MergeOperations::view);
  }

  private static Map<String, Object> view(Rearranged done) {
    return Map.of(
        "profileId", done.profile().toString(),
        "partId", done.part().toString(),
        "position", done.position(),
        "complete", done.complete());
  }

  private Future<Map<String, Object>> quarantined(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var query = new GetQuarantine(arguments.limit(SHOWN, MOST));
    arguments.end();
    return bus.ask(Addresses.QUARANTINE, query).map(Views::quarantine);
  }
}
