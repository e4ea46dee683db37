package io.marquetry.decisioning;

import io.marquetry.platform.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an OpenFeature client asks with: a targeting key, and attributes of the evaluation.
 *
 * <p>A targeting key may say what it is, as ids do elsewhere: {@code anonymous:…} or {@code
 * user:…}. One that does not may be either. The attributes {@code anonymousId} and {@code userId}
 * say it outright and go before the key.
 *
 * @param plain whether the key does not say what it is; then it stands in both ids
 * @param attributes without those that say who it is
 */
record OfrepCall(
    @Nullable String anonymousId,
    @Nullable String userId,
    boolean plain,
    Map<String, Object> attributes) {
  private static final String KEY = "targetingKey";
  private static final String ANONYMOUS = "anonymous:";
  private static final String USER = "user:";
  private static final int MAX_ID = 512;

  /** A question that makes no sense, in the words of the protocol. */
  static final class Faulty extends Exception {
    private static final long serialVersionUID = 1;
    private final String code;

    Faulty(String code, String message) {
      super(message, null, false, false);
      this.code = code;
    }

    String code() {
      return code;
    }
  }

  static OfrepCall parse(byte[] body) throws Faulty {
    var context = context(body);
    var key = text(context, KEY);
    if (key == null) {
      throw new Faulty("TARGETING_KEY_MISSING", "context.targetingKey is required");
    }
    var attributes = new LinkedHashMap<>(context);
    attributes.keySet().removeAll(List.of(KEY, "anonymousId", "userId"));
    var anonymous = text(context, "anonymousId");
    var user = text(context, "userId");
    if (anonymous != null || user != null) {
      return new OfrepCall(anonymous, user, false, attributes);
    }
    if (key.startsWith(ANONYMOUS) && key.length() > ANONYMOUS.length()) {
      return new OfrepCall(key.substring(ANONYMOUS.length()), null, false, attributes);
    }
    if (key.startsWith(USER) && key.length() > USER.length()) {
      return new OfrepCall(null, key.substring(USER.length()), false, attributes);
    }
    return new OfrepCall(key, key, true, attributes);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> context(byte[] body) throws Faulty {
    try {
      return switch (Json.readObject(body).get("context")) {
        case Map<?, ?> context -> (Map<String, Object>) context;
        case null -> throw new Faulty("INVALID_CONTEXT", "context is required: an object");
        default -> throw new Faulty("INVALID_CONTEXT", "context must be an object");
      };
    } catch (Json.Malformed e) {
      throw new Faulty("PARSE_ERROR", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String text(Map<String, Object> context, String field) throws Faulty {
    return switch (context.get(field)) {
      case null -> null;
      case String text when text.isEmpty() -> null;
      case String text when text.length() <= MAX_ID -> text;
      default ->
          throw new Faulty(
              "INVALID_CONTEXT",
              "context." + field + " must be a text of at most " + MAX_ID + " characters");
    };
  }

  /** The same question in our own words. */
  DecideCall named(
      @Nullable String anonymous, @Nullable String user, List<String> components, boolean dryRun) {
    return new DecideCall(null, anonymous, user, attributes, components, dryRun);
  }
}
