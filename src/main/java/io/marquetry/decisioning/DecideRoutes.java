package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Refused;
import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.follow.SitePages;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Enrichers;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.IdentityTokens;
import io.marquetry.platform.IdentityTokens.Claim;
import io.marquetry.platform.IdentityTokens.Finding;
import io.marquetry.platform.Json;
import io.marquetry.platform.Places;
import io.marquetry.platform.RequestContext;
import io.marquetry.platform.Routes;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code POST /v1/decide}: for servers with a secret key, and for the visitor's own browser
 * with a public one.
 *
 * <p>Where identity is late or away the page is decided by the request alone; only where deciding
 * itself gives no answer does the caller get an error, 503, and shows its own default.
 */
public final class DecideRoutes implements Routes {
  private static final int MAX_BODY = 64 * 1024;

  private final Bus bus;
  private final CatalogueView catalogue;
  private final Ids ids;
  private final VisitorCookie cookies;
  private final IdentityTokens tokens;
  private final InstantSource clock;
  private final int deciders;
  private final RequestContext requests;
  private final Places places;
  private VariantContents contents;
  private int turn;

  public DecideRoutes(Vertx vertx, ComponentContext component) {
    bus = Bus.of(vertx);
    catalogue = new CatalogueView(vertx);
    contents = new VariantContents(catalogue.catalogue());
    ids = new Ids(component.secrets().ids());
    cookies = new VisitorCookie(component.secrets().cookies());
    tokens = new IdentityTokens(new IdentityKeys(component.secrets().cookies()));
    clock = component.clock();
    deciders = Math.max(1, component.topology().instances("decisioning"));
    var enricher = Enrichers.make(vertx, "decide");
    requests = new RequestContext(enricher);
    places = component.server().places();
    catalogue.onChange(newer -> contents = new VariantContents(newer));
    catalogue.onChange(newer -> enricher.define(SitePages.all(newer)));
  }

  @Override
  public Future<Void> mount(Router router) {
    router
        .post("/v1/decide")
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(this::serve);
    return catalogue.start();
  }

  @Override
  public Future<Void> close() {
    return catalogue.close();
  }

  private void serve(RoutingContext http) {
    try {
      var body = http.body().buffer();
      var call = DecideCall.parse(Json.readObject(body == null ? new byte[0] : body.getBytes()));
      var key = Caller.key(http.request());
      var access = catalogue.keys().find(key != null ? key : call.writeKey());
      if (access == null) {
        Answers.error(http, 401, "unknown_key", "the key is missing or unknown");
      } else if (call.userId() != null && !mayNameUsers(access) && !isSigned(http, access, call)) {
        Answers.error(
            http,
            403,
            "forbidden",
            "a userId is believed with a server key or a good context.identityToken",
            "userId");
      } else {
        decide(http, access, call);
      }
    } catch (Json.Malformed e) {
      Answers.error(http, 400, "malformed", String.valueOf(e.getMessage()));
    } catch (DecideCall.Faulty e) {
      Answers.error(http, 400, "invalid", String.valueOf(e.getMessage()), e.field());
    }
  }

  private boolean mayNameUsers(Access access) {
    var site = catalogue.site(access.site());
    return access.isServer() || (site != null && site.trustsIdentify());
  }

  /** Whether the site's own server says that the person is at this browser. */
  private boolean isSigned(RoutingContext http, Access access, DecideCall call) {
    var token = call.context().get(IdentityTokens.FIELD);
    var user = call.userId();
    if (token == null || user == null) {
      return false;
    }
    var site = access.site();
    var claim =
        new Claim(
            site,
            catalogue.keys().identityKeys(site),
            user,
            device(http, site, call),
            clock.millis());
    return tokens.check(token, claim) instanceof Finding.Good;
  }

  private void decide(RoutingContext http, Access access, DecideCall call) {
    var context = context(http, access, call);
    resolve(http, access, call)
        .map(
            visitor ->
                new Decide(access.site(), visitor, context, "", call.components(), call.dryRun()))
        .compose(ask -> bus.ask(Addresses.DECIDE.to(owner(ask.visitor())), ask))
        .onSuccess(decided -> Answers.json(http, 200, answer(decided)))
        .onFailure(cause -> refuse(http, cause));
  }

  /** A browser also tells what it is and where by its head; a server's head says nothing of it. */
  private Map<String, Object> context(RoutingContext http, Access access, DecideCall call) {
    var stated = new LinkedHashMap<>(call.context());
    stated.remove(IdentityTokens.FIELD);
    var agent = call.stated("userAgent");
    var url = call.stated("url");
    if (!access.isServer()) {
      var request = http.request();
      agent = agent.isEmpty() ? head(http, HttpHeaders.USER_AGENT) : agent;
      url = url.isEmpty() ? head(http, HttpHeaders.REFERER) : url;
      var place = places.of(request);
      if (!place.country().isEmpty()) {
        stated.putIfAbsent("geo", Map.of("country", place.country(), "region", place.region()));
      }
    }
    return requests.of(access.site(), url, call.stated("referrer"), agent, stated);
  }

  private static String head(RoutingContext http, CharSequence name) {
    var value = http.request().getHeader(name);
    return value == null ? "" : value;
  }

  private Future<VisitorRef> resolve(RoutingContext http, Access access, DecideCall call) {
    var site = access.site();
    var device = device(http, site, call);
    if (device == null && call.userId() == null) {
      return Future.succeededFuture(VisitorRef.UNKNOWN);
    }
    var question =
        new Resolve(
            site,
            device == null ? null : ids.device(site, device),
            call.userId() == null ? null : ids.user(site, call.userId()),
            Caller.optsOut(http.request()));
    return bus.ask(Addresses.RESOLVE, question).otherwise(VisitorRef.UNKNOWN);
  }

  private @Nullable String device(RoutingContext http, String site, DecideCall call) {
    return call.anonymousId() != null ? call.anonymousId() : cookies.device(http.request(), site);
  }

  /** Anybody may decide for nobody in particular, so they take turns. */
  private int owner(VisitorRef visitor) {
    var profile = visitor.profile();
    if (profile != null) {
      return Shards.owner(profile, deciders);
    }
    turn = (turn + 1) % deciders;
    return turn;
  }

  private Map<String, Object> answer(Decided decided) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("decisionId", decided.decision());
    answer.put("mode", decided.mode().key());
    answer.put("millis", decided.micros() / 1_000.0);
    answer.put("definitions", decided.definitions());
    answer.put(
        "decisions",
        decided.choices().stream().map(choice -> answer(choice, decided.live())).toList());
    return answer;
  }

  private Map<String, Object> answer(Choice choice, Map<String, Object> live) {
    var json = DecisionJson.choice(choice);
    json.put("content", Map.of());
    var variant = choice.variant();
    if (variant != null) {
      contents.add(choice.component(), variant, live, json);
    }
    return json;
  }

  private static void refuse(RoutingContext http, @Nullable Throwable cause) {
    if (cause instanceof Refused refused) {
      Answers.error(http, 503, "unavailable", refused.text());
    } else {
      http.fail(cause);
    }
  }
}
