package io.marquetry.ingest;

import io.marquetry.follow.KeyRing.Access;
import io.marquetry.follow.KeyRing.Kind;
import io.marquetry.ingest.CallReader.Call;
import io.marquetry.ingest.Intake.Sender;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.ingest.core.HookMapping;
import io.marquetry.ingest.core.Translation;
import io.marquetry.platform.Answers;
import io.marquetry.platform.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks of providers: what became of a mail, a ticket.
 *
 * <p>The site is told by a key in the address or the head. A server key opens by itself; with a
 * write key, which everybody can read, the provider's signature has to be right. What is signed and
 * can be read is answered with 200 whatever is in it, since a provider would send all of it again
 * for the sake of one event: what was turned down is in the dead letters, and in the answer.
 */
final class HookRoutes extends DialectRoutes {
  private static final int MAX_BODY = 1 << 20;
  private static final int MAX_EVENTS = 5_000;
  private static final String IGNORED = "marquetry.ignored";

  private final HookFiles hooks;

  HookRoutes(Intake intake, HookFiles hooks) {
    super(intake, MAX_BODY);
    this.hooks = hooks;
  }

  @Override
  void mount(Router router) {
    post(router, "/v1/hooks/:provider", this::received);
  }

  private void received(RoutingContext context) {
    var mapping = hooks.mapping(String.valueOf(context.pathParam("provider")));
    if (mapping == null) {
      refuse(context, 404, "unknown_provider", "there is no mapping for this provider");
      return;
    }
    var access = intake().find(context.request());
    if (access == null) {
      unknownKey(context);
    } else if (!access.isServer() && !isSigned(context, access, mapping)) {
      refuse(context, 401, "not_signed", "the signature is missing or wrong, or no server key");
    } else {
      withBody(context, body -> take(context, access, mapping, body));
    }
  }

  private boolean isSigned(RoutingContext context, Access access, HookMapping mapping) {
    var signature = mapping.signature();
    var buffer = context.body().buffer();
    var body = (buffer == null ? Buffer.buffer() : buffer).getBytes();
    return signature != null
        && hooks.secrets(access.site(), mapping.provider()).stream()
            .anyMatch(secret -> signature.verify(secret, context.request()::getHeader, body));
  }

  private void take(RoutingContext context, Access access, HookMapping mapping, byte[] body)
      throws Json.Malformed {
    var events = mapping.events(Json.read(body));
    if (events.size() > MAX_EVENTS) {
      refuse(context, 400, "too_many", "a body holds at most " + MAX_EVENTS + " events");
      return;
    }
    var server = new Access(access.site(), Kind.SERVER);
    var beacon = intake().beacon(context.request(), server, null, null, Sender.PROVIDER);
    int ignored = 0;
    for (var event : events) {
      ignored += add(beacon, event, mapping.translate(event)) ? 0 : 1;
    }
    context.put(IGNORED, ignored);
    take(context, beacon);
  }

  private static boolean add(
      Beacon beacon, @Nullable Object event, @Nullable Translation translation) {
    switch (translation) {
      case null -> {
        return false;
      }
      case Translation.Call(var json) -> beacon.add(json);
      case Translation.Unclear(var reason, var detail) -> {
        var sent = Json.write(event);
        beacon.reject(reason, detail, Map.of(), sent, new Call(null, detail, 0, sent.length));
      }
    }
    return true;
  }

  @Override
  void acknowledge(RoutingContext context, Beacon beacon, Taken taken) {
    var answer = new LinkedHashMap<>(beacon.answer(taken));
    if (context.get(IGNORED) instanceof Integer ignored && ignored > 0) {
      answer.put("ignored", ignored);
    }
    Answers.json(context, 200, answer);
  }

  @Override
  void refusePoison(RoutingContext context, Beacon beacon) {
    Answers.json(context, 200, beacon.refusal());
  }
}
