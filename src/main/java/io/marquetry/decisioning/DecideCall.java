package io.marquetry.decisioning;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/decide}, read strictly.
 *
 * @param context what the caller states of the request, empty where nothing
 */
record DecideCall(
    @Nullable String writeKey,
    @Nullable String anonymousId,
    @Nullable String userId,
    Map<String, Object> context,
    List<String> components,
    boolean dryRun) {
  static final int MAX_COMPONENTS = 100;
  private static final int MAX_KEY = 128;
  private static final int MAX_ID = 512;

  /** A body that makes no sense; says which member. */
  static final class Faulty extends Exception {
    private static final long serialVersionUID = 1;
    private final String field;

    Faulty(String field, String message) {
      super(message, null, false, false);
      this.field = field;
    }

    String field() {
      return field;
    }
  }

  static DecideCall parse(Map<String, Object> body) throws Faulty {
    return new DecideCall(
        text(body, "writeKey"),
        text(body, "anonymousId"),
        text(body, "userId"),
        object(body, "context"),
        components(body.get("components")),
        flag(body, "dryRun"));
  }

  private static @Nullable String text(Map<String, Object> body, String field) throws Faulty {
    var value = body.get(field);
    if (value == null || value.equals("")) {
      return null;
    }
    if (value instanceof String text && text.length() <= MAX_ID) {
      return text;
    }
    throw new Faulty(field, "a text of at most " + MAX_ID + " characters is expected");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> body, String field) throws Faulty {
    return switch (body.get(field)) {
      case null -> Map.of();
      case Map<?, ?> map -> (Map<String, Object>) map;
      default -> throw new Faulty(field, "an object is expected");
    };
  }

  private static boolean flag(Map<String, Object> body, String field) throws Faulty {
    return switch (body.get(field)) {
      case null -> false;
      case Boolean flag -> flag;
      default -> throw new Faulty(field, "true or false is expected");
    };
  }

  /** Keys of components, as a call names them. */
  static List<String> components(@Nullable Object value) throws Faulty {
    if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > MAX_COMPONENTS) {
      throw new Faulty(
          "components", "a list of 1 to " + MAX_COMPONENTS + " component keys is expected");
    }
    var keys = new ArrayList<String>(list.size());
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof String key) || key.isEmpty() || key.length() > MAX_KEY) {
        throw new Faulty("components[" + i + "]", "the key of a component is expected");
      }
      keys.add(key);
    }
    return keys;
  }

  /** A text member of the stated context, empty where there is none. */
  String stated(String field) {
    return context.get(field) instanceof String text ? text : "";
  }
}
