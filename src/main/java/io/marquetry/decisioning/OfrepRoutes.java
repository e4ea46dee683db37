package io.marquetry.decisioning;

import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.decisioning.StreamPass.Viewer;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.PublicPaths;
import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The OpenFeature Remote Evaluation Protocol, version 0.3: decisions for whoever has an OpenFeature
 * SDK, one at a time or all at once, and streams that say when to ask again.
 *
 * <p>A client that has evaluated before says under which entity tag. It is first answered by a dry
 * run; only where something would come out otherwise is it decided and logged.
 */
final class OfrepRoutes implements Routes {
  private static final String FLAGS = "/ofrep/v1/evaluate/flags";
  private static final String STREAM = "/ofrep/v1/streams";
  private static final int MAX_UNDER_WAY = 2_000;
  private static final int INACTIVITY_SECONDS = 120;
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("private, no-store");

  private final Asker asker;
  private final StreamPass passes;
  private final RefetchStreams streams;
  private final InstantSource clock;
  private final String streamPath;
  private int underWay;

  OfrepRoutes(Vertx vertx, ComponentContext component, Asker asker) {
    this.asker = asker;
    clock = component.clock();
    passes = new StreamPass(component.secrets().cookies());
    streamPath = PublicPaths.of(component.topology()).outside(STREAM);
    streams =
        new RefetchStreams(
            vertx,
            Bus.of(vertx),
            DecisioningConfig.of(component.topology()).maxStreams(),
            viewer ->
                asker
                    .visitor(viewer.site(), viewer.device(), viewer.user(), false)
                    .map(VisitorRef::profile));
    asker.catalogue().onChange(newer -> streams.publish());
    new DecisioningFigures(component.instance()).show(streams);
  }

  @Override
  public Future<Void> mount(Router router) {
    evaluation(router, FLAGS);
    evaluation(router, FLAGS + "/:key");
    router.get(STREAM).handler(this::listen);
    return Future.succeededFuture();
  }

  private void evaluation(Router router, String path) {
    router
        .post(path)
        .handler((PlatformHandler) OfrepRoutes::receive)
        .handler(DecideRoutes.begin(clock))
        .handler(BodyHandler.create(false).setBodyLimit(DecideRoutes.MAX_BODY))
        .handler(this::evaluate);
    router.options(path).handler(OfrepRoutes::preflight);
  }

  /** The body is JSON whatever its header calls it. */
  private static void receive(RoutingContext http) {
    allowOrigin(http);
    http.put(Routes.Refusal.KEY, (Routes.Refusal) OfrepRoutes::fail);
    http.request().headers().remove(HttpHeaders.CONTENT_TYPE);
    http.next();
  }

  @Override
  public Future<Void> close() {
    return streams.close();
  }

  private void evaluate(RoutingContext http) {
    var key = key(http.request());
    var access = asker.catalogue().keys().find(key);
    if (access == null) {
      fail(http, 401, "unknown_key", "the key is missing or unknown");
      return;
    }
    try {
      var body = http.body().buffer();
      var call = OfrepCall.parse(body == null ? new byte[0] : body.getBytes());
      evaluate(http, access, call);
    } catch (OfrepCall.Faulty e) {
      refuse(http, 400, e.code(), String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String key(HttpServerRequest request) {
    var named = request.getHeader("X-API-Key");
    return named == null ? Caller.key(request) : named;
  }

  private void evaluate(RoutingContext http, Access access, OfrepCall call) {
    var flag = http.pathParam("key");
    var components = flag == null ? asker.contents().components() : List.of(flag);
    var anonymous = call.anonymousId();
    var user = call.plain() && !asker.mayNameUsers(access) ? null : call.userId();
    var named = call.named(anonymous, user, components, false);
    if (!asker.mayAsk(http.request(), access, named)) {
      fail(http, 403, "forbidden", "a user is believed with a server key or an identityToken");
    } else if (flag != null && !asker.contents().has(flag)) {
      refuse(http, 404, "FLAG_NOT_FOUND", "there is no component of this key");
    } else if (underWay >= MAX_UNDER_WAY) {
      fail(http, 429, "overloaded", "too many evaluations are under way");
    } else {
      var question = new Question(http, access, call, named);
      underWay++;
      (flag == null ? question.all() : question.one())
          .onFailure(question::fail)
          .onComplete(done -> underWay--);
    }
  }

  /** One request, on its way to its answer. */
  private final class Question {
    private final RoutingContext http;
    private final Access access;
    private final OfrepCall asked;
    private final DecideCall call;
    private final Map<String, Object> context;
    private Viewer viewer;
    private VisitorRef visitor = VisitorRef.UNKNOWN;

    Question(RoutingContext http, Access access, OfrepCall asked, DecideCall call) {
      this.http = http;
      this.access = access;
      this.asked = asked;
      this.call = call;
      context = asker.context(http.request(), access, call);
      var site = access.site();
      var device = call.anonymousId();
      var user = call.userId();
      viewer =
          new Viewer(
              site,
              device == null ? null : asker.deviceKey(site, device),
              user == null ? null : asker.userKey(site, user));
    }

    Future<?> one() {
      return find()
          .compose(found -> decide(false))
          .onSuccess(flags -> Answers.json(http, 200, flags.flags().getFirst()));
    }

    Future<?> all() {
      streams.follow();
      var known = known();
      return find()
          .compose(found -> decide(known != null))
          .compose(
              flags -> {
                if (known == null) {
                  return answer(flags);
                }
                var tag = tag(flags);
                return OfrepFlags.matches(known, tag)
                    ? unchanged(tag)
                    : decide(false).compose(this::answer);
              });
    }

    /**
     * The entity tags a client has, where they may be all it is told of. After an event that named
     * another state of the definitions they may not: that client wants to see for itself.
     */
    private @Nullable String known() {
      var header = http.request().getHeader(HttpHeaders.IF_NONE_MATCH);
      var named = http.request().getParam("flagConfigEtag");
      boolean dated = http.request().getParam("flagConfigLastModified") != null;
      return header == null || dated || (named != null && !OfrepFlags.matches(header, named))
          ? null
          : header;
    }

    /** A key that does not say what it is means a device that is somebody's, else a user. */
    private Future<VisitorRef> find() {
      var device = viewer.device();
      var optsOut = Caller.optsOut(http.request());
      Future<Boolean> alone =
          asked.plain() && device != null && viewer.user() != null
              ? asker.isLinked(device)
              : Future.succeededFuture(false);
      return alone
          .compose(
              linked -> {
                viewer = linked ? new Viewer(viewer.site(), device, null) : viewer;
                return asker.visitor(viewer.site(), device, viewer.user(), optsOut);
              })
          .onSuccess(found -> visitor = found);
    }

    private Future<OfrepFlags> decide(boolean dryRun) {
      return asker
          .decide(
              new Decide(access.site(), visitor, context, "", call.components(), dryRun)
                  .since(DecideRoutes.begun(http)))
          .map(this::flags);
    }

    private OfrepFlags flags(Decided decided) {
      return new OfrepFlags(decided, asker.contents());
    }

    private String stream() {
      return streamPath + "?pass=" + passes.write(viewer, clock.millis());
    }

    private String tag(OfrepFlags flags) {
      return flags.tag(visitor.consentVersion(), asked.attributes(), stream());
    }

    private Future<Void> answer(OfrepFlags flags) {
      http.response().putHeader(HttpHeaders.ETAG, tag(flags));
      var answer = new LinkedHashMap<String, Object>();
      answer.put("flags", flags.flags());
      answer.put("metadata", flags.metadata());
      if (streams.hasRoom()) {
        var endpoint = Map.of("requestUri", stream());
        answer.put(
            "eventStreams",
            List.of(
                Map.of(
                    "type",
                    "sse",
                    "endpoint",
                    endpoint,
                    "inactivityDelaySec",
                    INACTIVITY_SECONDS)));
      }
      Answers.json(http, 200, answer);
      return Future.succeededFuture();
    }

    private Future<Void> unchanged(String tag) {
      return http.response()
          .setStatusCode(304)
          .putHeader(HttpHeaders.ETAG, tag)
          .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
          .end();
    }

    void fail(Throwable cause) {
      if (cause instanceof Refused refused) {
        boolean busy = refused.reason() == Reason.OVERLOADED;
        OfrepRoutes.fail(http, busy ? 429 : 503, "unavailable", refused.text());
      } else {
        http.fail(cause);
      }
    }
  }

  /** Opens a stream to whoever has a pass. */
  private void listen(RoutingContext http) {
    allowOrigin(http);
    var viewer = passes.read(http.request().getParam("pass"), clock.millis());
    if (viewer == null || asker.catalogue().site(viewer.site()) == null) {
      fail(
          http, 401, "unknown_pass", "the pass is none of ours or too old; evaluate for a new one");
    } else if (!streams.hasRoom()) {
      streams.refuse();
      fail(http, 429, "overloaded", "too many streams are open");
    } else {
      streams.follow();
      var response =
          http.response()
              .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
              .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
              .putHeader("X-Accel-Buffering", "no");
      streams.open(response, viewer, http.request().getHeader("Last-Event-ID") != null);
    }
  }

  /** Says what is wrong with a question, in the words of the protocol. */
  private static void refuse(RoutingContext http, int status, String code, String details) {
    var answer = new LinkedHashMap<String, Object>();
    var flag = http.pathParam("key");
    if (flag != null) {
      answer.put("key", flag);
    }
    answer.put("errorCode", code);
    answer.put("errorDetails", details);
    Answers.json(http, status, answer);
  }

  /** Says that there is no answer, and why. */
  private static void fail(RoutingContext http, int status, String code, String message) {
    if (status == 400) {
      refuse(http, status, "PARSE_ERROR", message);
      return;
    }
    Answers.later(http, status);
    Answers.json(http, status, Map.of("errorDetails", message));
  }

  /**
   * Any page may evaluate with a public key, as any server may. No cookie is asked for: a visitor
   * is named by the targeting key.
   */
  private static void allowOrigin(RoutingContext http) {
    if (http.request().getHeader(HttpHeaders.ORIGIN) != null) {
      http.response()
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
          .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Retry-After");
    }
  }

  private static void preflight(RoutingContext http) {
    allowOrigin(http);
    http.response()
        .setStatusCode(204)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "POST")
        .putHeader(
            HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, If-None-Match, X-API-Key, X-Write-Key")
        .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600")
        .end();
  }
}
