package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Flags as an OpenFeature provider asks for them, with identity and decisioning played. */
final class OfrepRig {
  static final String FLAGS = "/ofrep/v1/evaluate/flags";
  static final Id128 PROFILE = new Id128(1, 2);
  static final Ids IDS = new Ids(new byte[32]);

  final DecisioningFace face;
  final List<Resolve> resolved = new CopyOnWriteArrayList<>();
  final List<Decide> asked = new CopyOnWriteArrayList<>();
  volatile List<Id128> identifiers = List.of();
  volatile String shown = "brand";
  volatile String strategy = "rule";
  volatile String kind = "rule";
  volatile long consentVersion = 3;
  volatile Id128 profile = PROFILE;
  final Map<Id128, Id128> others = new ConcurrentHashMap<>();

  OfrepRig() throws Exception {
    face = new DecisioningFace(Map.of("maxStreams", 2), catalogue(1));
    serveNeighbours();
  }

  record Answer(int status, HttpResponse<String> response) {
    JsonObject json() {
      return new JsonObject(response.body());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    JsonObject flag(int index) {
      return json().getJsonArray("flags").getJsonObject(index);
    }

    String stream() {
      return json()
          .getJsonArray("eventStreams")
          .getJsonObject(0)
          .getJsonObject("endpoint")
          .getString("requestUri");
    }
  }

  static Catalogue catalogue(long revision) {
    var definitions =
        DecisioningFace.sites()
            .put(Kind.COMPONENT, "promo", Map.of("fallback", List.of()))
            .put(
                Kind.COMPONENT,
                "hero",
                Map.of(
                    "fallback",
                    List.of("brand"),
                    "fields",
                    List.of(Map.of("key", "title", "type", "text"))))
            .variant(
                "hero",
                "brand",
                "style",
                Map.of("class", "dark"),
                "content",
                Map.of("title", "Made to last"))
            .variant("hero", "vip", "content", Map.of("title", "Welcome back"));
    return DecisioningFace.catalogue(revision, definitions);
  }

  private void serveNeighbours() throws Exception {
    await(
        face.rig.bus.serve(
            Addresses.RESOLVE,
            ask -> {
              resolved.add(ask);
              var whose =
                  ask.device() == null ? profile : others.getOrDefault(ask.device(), profile);
              return Future.succeededFuture(new VisitorRef(whose, Purposes.ALL, consentVersion));
            }));
    await(
        face.rig.bus.serve(
            Addresses.IDENTIFIERS,
            ask -> {
              var keys = new ArrayList<>(ask.keys());
              keys.addAll(identifiers);
              return Future.succeededFuture(new Identifiers(PROFILE, keys));
            }));
    await(
        face.rig.bus.serve(
            Addresses.DECIDE.to(0),
            ask -> {
              asked.add(ask);
              return Future.succeededFuture(decided(ask));
            }));
  }

  private Decided decided(Decide ask) {
    var choices = new ArrayList<Choice>();
    for (var component : ask.components()) {
      choices.add(
          component.equals("hero")
              ? new Choice(
                  "hero", shown, strategy, List.of(new Reason(kind, "r1", "why")), 0.5, 0.25, -1)
              : new Choice(component, null, "none", List.of(), 1, 1, -1));
    }
    return new Decided(
        new Id128(7, asked.size()), Mode.PERSONALIZED, choices, Map.of(), "v1", 1_500);
  }

  Answer post(String path, @Nullable String key, String body, String... headers) throws Exception {
    var request = face.to(path).POST(HttpRequest.BodyPublishers.ofString(body));
    if (key != null) {
      request.header("X-API-Key", key);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    var response = face.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  /** The body of a question. */
  static String context(String targetingKey, String... attributes) {
    var context = new LinkedHashMap<String, Object>();
    context.put("targetingKey", targetingKey);
    for (int i = 0; i < attributes.length; i += 2) {
      context.put(attributes[i], attributes[i + 1]);
    }
    return new JsonObject().put("context", new JsonObject(context)).encode();
  }

  void close() throws Exception {
    face.close();
  }
}
