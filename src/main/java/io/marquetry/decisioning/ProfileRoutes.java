package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /v1/profiles/{id}/segments}: the segments and computed attributes of a
 * visitor, for the site's own servers.
 *
 * <p>Of a visitor who does not allow personalization nothing is told but that.
 */
final class ProfileRoutes implements Routes {
  private static final String ANONYMOUS = "anonymous:";
  private static final String USER = "user:";

  private final Bus bus;
  private final Asker asker;
  private final InstantSource clock;
  private final int owners;

  ProfileRoutes(Vertx vertx, ComponentContext component, Asker asker) {
    bus = Bus.of(vertx);
    this.asker = asker;
    clock = component.clock();
    owners = Math.max(1, component.topology().instances("segmentation"));
  }

  @Override
  public Future<Void> mount(Router router) {
    router.get("/v1/profiles/:id/segments").handler(this::serve);
    return Future.succeededFuture();
  }

  private void serve(RoutingContext http) {
    var access = asker.catalogue().keys().find(Caller.key(http.request()));
    if (access == null) {
      Answers.error(http, 401, "unknown_key", "the key is missing or unknown");
    } else if (!access.isServer()) {
      Answers.error(http, 403, "forbidden", "a server key is needed");
    } else {
      find(http, access, String.valueOf(http.pathParam("id")));
    }
  }

  private void find(RoutingContext http, Access access, String id) {
    var site = access.site();
    Id128 device = null;
    Id128 user = null;
    if (id.startsWith(ANONYMOUS) && id.length() > ANONYMOUS.length()) {
      device = asker.deviceKey(site, id.substring(ANONYMOUS.length()));
    } else if (id.startsWith(USER) && id.length() > USER.length()) {
      user = asker.userKey(site, id.substring(USER.length()));
    } else if (Id128.isId(id)) {
      device = Id128.parse(id);
    } else {
      Answers.error(http, 400, "invalid", "a profile id, anonymous:… or user:… is expected", "id");
      return;
    }
    asker
        .known(site, device, user)
        .compose(visitor -> view(site, visitor))
        .onSuccess(view -> answer(http, view))
        .onFailure(cause -> refuse(http, cause));
  }

  private static void answer(RoutingContext http, @Nullable Map<String, Object> view) {
    if (view == null) {
      Answers.error(http, 404, "not_found", "there is no such profile", "id");
    } else {
      Answers.json(http, 200, view);
    }
  }

  private Future<@Nullable Map<String, Object>> view(String site, VisitorRef visitor) {
    var profile = visitor.profile();
    if (profile == null) {
      return Future.succeededFuture(view(visitor, List.of(), Map.of()));
    }
    return bus.ask(Addresses.PROFILE.to(Shards.owner(profile, owners)), new GetProfile(profile))
        .map(
            found -> {
              var held = found.profile();
              return held == null || !site.equals(held.get("site"))
                  ? null
                  : view(visitor, held.get("segments"), held.get("attributes"));
            });
  }

  private Map<String, Object> view(
      VisitorRef visitor, @Nullable Object segments, @Nullable Object attributes) {
    var view = new LinkedHashMap<String, @Nullable Object>();
    view.put("profileId", visitor.profile());
    view.put("segments", segments == null ? List.of() : segments);
    view.put("attributes", attributes == null ? Map.of() : attributes);
    view.put("consentVersion", visitor.consentVersion());
    view.put("asOf", clock.instant().toString());
    @SuppressWarnings("NullAway") // nobody's profile is written as null
    Map<String, Object> written = view;
    return written;
  }

  private static void refuse(RoutingContext http, Throwable cause) {
    if (cause instanceof Refused refused) {
      Answers.error(http, 503, "unavailable", refused.text());
    } else {
      http.fail(cause);
    }
  }
}
