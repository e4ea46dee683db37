package io.marquetry.decisioning;

import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.Refused;
import io.marquetry.follow.KeyRing.Access;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Caller;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code POST /v1/decide}: for servers with a secret key, and for the visitor's own browser
 * with a public one; the same questions in the words of OFREP; and what belongs to them: what was
 * shown of a decision, and the segments of a visitor.
 *
 * <p>Where identity is late or away the page is decided by the request alone; only where deciding
 * itself gives no answer does the caller get an error, 503, and shows its own default.
 */
public final class DecideRoutes implements Routes {
  static final int MAX_BODY = 64 * 1024;
  private static final int SIZE = 4_096;
  private static final String BEGUN = "begun";

  private final InstantSource clock;
  private final Asker asker;
  private final OfrepRoutes ofrep;
  private final List<Routes> others;

  public DecideRoutes(Vertx vertx, ComponentContext component) {
    clock = component.clock();
    asker = new Asker(vertx, component);
    ofrep = new OfrepRoutes(vertx, component, asker);
    others =
        List.of(
            new ExposureRoutes(vertx, component, asker),
            new ProfileRoutes(vertx, component, asker));
  }

  @Override
  public Future<Void> mount(Router router) {
    router
        .post("/v1/decide")
        .handler(begin(clock))
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(this::serve);
    others.forEach(routes -> routes.mount(router));
    return ofrep.mount(router).compose(mounted -> asker.catalogue().start());
  }

  @Override
  public Future<Void> close() {
    return ofrep.close().compose(closed -> asker.catalogue().close());
  }

  /** Notes when the head of a request had been read; comes before its body is waited for. */
  static PlatformHandler begin(InstantSource clock) {
    return http -> http.put(BEGUN, clock.millis()).next();
  }

  /** When that was. */
  static long begun(RoutingContext http) {
    return http.<Long>get(BEGUN, 0L);
  }

  private void serve(RoutingContext http) {
    try {
      var body = http.body().buffer();
      var call = DecideCall.parse(Json.readObject(body == null ? new byte[0] : body.getBytes()));
      var key = Caller.key(http.request());
      var access = asker.catalogue().keys().find(key != null ? key : call.writeKey());
      if (access == null) {
        Answers.error(http, 401, "unknown_key", "the key is missing or unknown");
      } else if (!asker.mayAsk(http.request(), access, call)) {
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

  private void decide(RoutingContext http, Access access, DecideCall call) {
    var context = asker.context(http.request(), access, call);
    asker
        .visitor(http.request(), access, call)
        .map(
            visitor ->
                new Decide(access.site(), visitor, context, "", call.components(), call.dryRun())
                    .since(begun(http)))
        .compose(asker::decide)
        .onSuccess(decided -> Answers.written(http, 200, answer(decided)))
        .onFailure(cause -> refuse(http, cause));
  }

  /** The head is this answer's own; the decisions are mostly there as bytes already. */
  private Buffer answer(Decided decided) {
    var head = new LinkedHashMap<String, Object>();
    head.put("decisionId", decided.decision());
    head.put("mode", decided.mode().key());
    head.put("millis", decided.micros() / 1_000.0);
    head.put("definitions", decided.definitions());
    var written = Json.write(head);
    var answer = Buffer.buffer(SIZE).appendBytes(written, 0, written.length - 1);
    answer.appendString(",\"decisions\":[");
    var contents = asker.contents();
    var choices = decided.choices();
    for (int i = 0; i < choices.size(); i++) {
      if (i > 0) {
        answer.appendByte((byte) ',');
      }
      answer.appendBytes(contents.written(choices.get(i), decided.live()));
    }
    return answer.appendString("]}");
  }

  private static void refuse(RoutingContext http, @Nullable Throwable cause) {
    if (cause instanceof Refused refused) {
      Answers.error(http, 503, "unavailable", refused.text());
    } else {
      http.fail(cause);
    }
  }
}
