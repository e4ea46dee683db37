package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.platform.IdentityTokens;
import io.marquetry.platform.IdentityTokens.Claim;
import io.marquetry.platform.IdentityTokens.Finding;
import io.marquetry.platform.IdentityTokens.Finding.Bad;
import io.marquetry.platform.IdentityTokens.Finding.Good;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.micrometer.backends.BackendRegistries;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a call that names a person comes with the word of the site's own server.
 *
 * <p>A token speaks for the person it names in the browser that sends it, and for no other device:
 * an alias call that would retire another browser's id takes a server key.
 */
final class Vouching {
  private static final String METER = "marquetry.identity.tokens";

  private final IdentityTokens tokens;
  private final List<String> keyIds;

  /**
   * @param keyIds ids of the site's identity keys that are good now
   */
  Vouching(IdentityTokens tokens, List<String> keyIds) {
    this.tokens = tokens;
    this.keyIds = keyIds;
  }

  /** What a call's token is worth; null where it brings none, names nobody or needs none. */
  @Nullable Finding find(Map<String, Object> json, @Nullable EventType pathType, Arrival arrival) {
    var user = json.get("userId");
    if (arrival.trusted()
        || user == null
        || !(json.get("context") instanceof Map<?, ?> context)
        || !context.containsKey(IdentityTokens.FIELD)) {
      return null;
    }
    var device = json.get("anonymousId") instanceof String own ? own : arrival.cookie();
    var finding =
        judge(json, pathType, context.get(IdentityTokens.FIELD), user.toString(), device, arrival);
    count(finding instanceof Bad bad ? bad.code() : "accepted");
    return finding;
  }

  private Finding judge(
      Map<String, Object> json,
      @Nullable EventType pathType,
      @Nullable Object token,
      String user,
      @Nullable String device,
      Arrival arrival) {
    var type = pathType != null ? pathType : EventType.of(json.get("type"));
    if (type == EventType.ALIAS && !Objects.equals(json.get("previousId"), device)) {
      return new Bad("token_alias", "to retire another browser's id takes a server key");
    }
    return tokens.check(
        token, new Claim(arrival.site(), keyIds, user, device, arrival.receivedAt()));
  }

  static boolean isGood(@Nullable Finding finding) {
    return finding instanceof Good;
  }

  private static void count(String outcome) {
    MeterRegistry registry = BackendRegistries.getDefaultNow();
    if (registry != null) {
      Counter.builder(METER)
          .description("Identity tokens by what they were worth")
          .tag("outcome", outcome)
          .register(registry)
          .increment();
    }
  }
}
