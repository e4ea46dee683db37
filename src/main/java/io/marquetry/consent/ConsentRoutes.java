package io.marquetry.consent;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.ConsentSet;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.ConsentMessage.SetConsent;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.consent.Claim.Denied;
import io.marquetry.consent.core.ConsentLedger;
import io.marquetry.follow.CatalogueView;
import io.marquetry.follow.Site;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.platform.Proxies;
import io.marquetry.platform.Routes;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where visitors see and change what they allow: {@code GET} and {@code PUT /v1/consent}, and the
 * statement that we honour the opt-out signal of browsers.
 *
 * <p>Who refuses without having an id gets none: nothing is recorded and no cookie is set. Who
 * allows analytics or personalization without having an id gets one in the answer, and who takes
 * both back has the cookie taken away in the answer.
 */
public final class ConsentRoutes implements Routes {
  private static final String PATH = "/v1/consent";
  private static final int MAX_BODY = 16 * 1024;

  /** With the day on which it was last stated, as the signal's specification wants it. */
  private static final Map<String, Object> GPC_STATEMENT =
      Map.of("gpc", true, "lastUpdate", "2026-11-22");

  private final Bus bus;
  private final CatalogueView view;
  private final VisitorCookie cookie;
  private final Ids ids;
  private final Proxies proxies;
  private final SecureRandom random = new SecureRandom();

  public ConsentRoutes(Vertx vertx, ComponentContext context) {
    bus = Bus.of(vertx);
    view = new CatalogueView(vertx);
    cookie = new VisitorCookie(context.secrets().cookies());
    ids = new Ids(context.secrets().ids());
    proxies = context.server().proxies();
  }

  @Override
  public Future<Void> mount(Router router) {
    router.get(PATH).handler(context -> exchange(context, this::get));
    router
        .put(PATH)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(context -> exchange(context, this::put));
    router.options(PATH).handler(this::preflight);
    router
        .get("/.well-known/gpc.json")
        .handler(context -> Answers.json(context, 200, GPC_STATEMENT));
    return view.start();
  }

  @Override
  public Future<Void> close() {
    return view.close();
  }

  /** Answers one request. */
  @FunctionalInterface
  private interface Exchange {
    Future<Map<String, Object>> handle(RoutingContext context) throws Denied, Json.Malformed;
  }

  private static void exchange(RoutingContext context, Exchange exchange) {
    try {
      exchange
          .handle(context)
          .onSuccess(answer -> Answers.json(context, 200, answer))
          .onFailure(failure -> fail(context, failure));
    } catch (Denied denied) {
      Answers.error(context, denied.status(), denied.code(), denied.text(), denied.field());
    } catch (Json.Malformed malformed) {
      Answers.error(context, 400, "bad_request", String.valueOf(malformed.getMessage()));
    } catch (Refused refused) {
      fail(context, refused);
    }
  }

  private static void fail(RoutingContext context, Throwable failure) {
    if (failure instanceof Refused refused) {
      var code = refused.reason().name().toLowerCase(Locale.ROOT);
      Answers.error(context, refused.reason().status(), code, refused.text(), refused.field());
    } else {
      context.fail(failure);
    }
  }

  private Future<Map<String, Object>> get(RoutingContext context) throws Denied {
    var said = new LinkedHashMap<String, Object>();
    context.queryParams().forEach(parameter -> said.put(parameter.getKey(), parameter.getValue()));
    var claim = claim(context, said);
    boolean optedOut = Caller.optsOut(context.request());
    return state(claim)
        .compose(state -> optedOut ? heed(claim, state) : Future.succeededFuture(state))
        .map(state -> ConsentAnswer.json(state, optedOut));
  }

  private Future<ConsentState> state(Claim claim) {
    var site = claim.site();
    if (claim.isNobody()) {
      return Future.succeededFuture(
          new ConsentState(site.defaults(), 0, 0, ConsentLedger.DEFAULT, false));
    }
    return ofEach(
        claim,
        device -> bus.ask(Addresses.GET_CONSENT, new GetConsent(site.key(), device, user(claim))),
        ConsentAnswer::both);
  }

  /** The browser opts out: recorded as the cause where it changes anything for a known visitor. */
  private Future<ConsentState> heed(Claim claim, ConsentState state) {
    var stopped = Site.stoppedByGpc(claim.site());
    if (state.explicit() || state.purposes().and(stopped).equals(Purposes.NONE)) {
      return Future.succeededFuture(state);
    }
    var choices = new LinkedHashMap<String, Object>();
    for (var purpose : Purpose.values()) {
      if (stopped.allows(purpose)) {
        choices.put(purpose.key(), false);
      }
    }
    if (claim.isNobody()) {
      var rest = Purposes.parse(choices, state.purposes());
      return Future.succeededFuture(new ConsentState(rest, 0, 0, Wish.GPC, false));
    }
    return set(claim, new Wish(choices, Wish.GPC)).compose(done -> state(claim));
  }

  private Future<Map<String, Object>> put(RoutingContext context) throws Denied, Json.Malformed {
    var buffer = context.body().buffer();
    var said = Json.readObject(buffer == null ? new byte[0] : buffer.getBytes());
    var claim = claim(context, said);
    var wish = Wish.of(said);
    if (!claim.isNobody()) {
      return set(claim, wish).map(set -> settle(context, claim, set));
    }
    if (claim.fromServer()) {
      throw new Denied(
          400, "bad_request", "anonymousId", "whose consent? anonymousId or userId is needed");
    }
    if (!makesKnown(Purposes.parse(wish.choices(), claim.site().defaults()))) {
      return Future.succeededFuture(settle(context, claim, ConsentAnswer.nothingRecorded()));
    }
    var known = new Claim(claim.site(), List.of(VisitorCookie.mint(random)), null, false, false);
    return set(known, wish).map(set -> settle(context, known, set));
  }

  private Future<ConsentSet> set(Claim claim, Wish wish) {
    var site = claim.site().key();
    return ofEach(
        claim,
        device ->
            bus.ask(
                Addresses.SET_CONSENT,
                new SetConsent(
                    site, device, user(claim), wish.choices(), wish.source(), wish.explicit())),
        ConsentAnswer::both);
  }

  /** Asks for each device the claim goes by, or once for a user who comes without any. */
  private <T> Future<T> ofEach(
      Claim claim, Function<@Nullable Id128, Future<T>> ask, BinaryOperator<T> both) {
    if (claim.devices().isEmpty()) {
      return ask.apply(null);
    }
    var asked = new ArrayList<Future<T>>();
    for (var device : claim.devices()) {
      asked.add(ask.apply(ids.device(claim.site().key(), device)));
    }
    return Future.all(asked).map(all -> all.<T>list().stream().reduce(both).orElseThrow());
  }

  private @Nullable Id128 user(Claim claim) {
    return claim.user() == null ? null : ids.user(claim.site().key(), claim.user());
  }

  /** Gives the browser its cookie, or takes it away, as it is known from here on. */
  private Map<String, Object> settle(RoutingContext context, Claim claim, ConsentSet set) {
    var request = context.request();
    boolean secure = proxies.isSecure(request);
    boolean known = makesKnown(set.purposes());
    if (!claim.fromServer() && !known && request.getCookie(VisitorCookie.NAME) != null) {
      context.response().putHeader(HttpHeaders.SET_COOKIE, VisitorCookie.clear(secure));
    } else if (!claim.fromServer() && known && !claim.knownByCookie()) {
      var value = cookie.sign(claim.site().key(), claim.devices().getLast());
      context.response().putHeader(HttpHeaders.SET_COOKIE, VisitorCookie.set(value, secure));
    }
    return ConsentAnswer.json(set);
  }

  /** Whether somebody who allows this may be known again. */
  private static boolean makesKnown(Purposes purposes) {
    return purposes.allows(Purpose.ANALYTICS) || purposes.allows(Purpose.PERSONALIZATION);
  }

  private Claim claim(RoutingContext context, Map<String, Object> said) throws Denied {
    var claim = Claim.of(context.request(), said, view, cookie);
    admit(context, claim.site().origins());
    return claim;
  }

  /** Lets a page of an origin that is let in read the answer. */
  private static boolean admit(RoutingContext context, List<String> origins) {
    var origin = context.request().getHeader(HttpHeaders.ORIGIN);
    if (origin == null || !origins.contains(origin)) {
      return false;
    }
    context
        .response()
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
        .putHeader(HttpHeaders.VARY, "Origin");
    return true;
  }

  /** A preflight names no site; the request behind it is judged by its own. */
  private void preflight(RoutingContext context) {
    var origins = new ArrayList<String>();
    view.sites().values().forEach(site -> origins.addAll(site.origins()));
    if (!admit(context, origins)) {
      Answers.error(context, 403, "forbidden", "no site lists this origin");
      return;
    }
    context
        .response()
        .setStatusCode(204)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, PUT")
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, X-Write-Key")
        .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600")
        .end();
  }
}
