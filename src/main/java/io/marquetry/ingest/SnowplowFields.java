package io.marquetry.ingest;

import io.marquetry.ingest.core.SnowplowCalls;
import io.marquetry.platform.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the JSON out of the fields of a Snowplow event: in plain text, or packed as base64url. */
final class SnowplowFields {
  private SnowplowFields() {}

  /**
   * The fields with the self-describing event and the entities as objects.
   *
   * @throws Json.Malformed naming the field that holds no JSON object
   */
  static Map<String, Object> open(Map<String, Object> fields) throws Json.Malformed {
    var opened = new LinkedHashMap<>(fields);
    open(opened, SnowplowCalls.EVENT, "ue_px", "ue_pr");
    open(opened, SnowplowCalls.ENTITIES, "cx", "co");
    return opened;
  }

  private static void open(Map<String, Object> fields, String target, String packed, String plain)
      throws Json.Malformed {
    var inPacked = fields.remove(packed);
    var inPlain = fields.remove(plain);
    fields.remove(target); // nobody but us puts an object there
    if (inPacked instanceof String text && !text.isBlank()) {
      fields.put(target, read(packed, unpack(packed, text)));
    } else if (inPlain instanceof String text && !text.isBlank()) {
      fields.put(target, read(plain, text.getBytes(StandardCharsets.UTF_8)));
    } else if (inPlain instanceof Map<?, ?>) {
      fields.put(target, inPlain);
    }
  }

  /**
   * Some trackers use the alphabet that is not for addresses, whose plus a query reads as blank.
   */
  private static byte[] unpack(String field, String text) throws Json.Malformed {
    var plain = text.strip().replace('+', '-').replace(' ', '-').replace('/', '_');
    try {
      return Base64.getUrlDecoder().decode(plain);
    } catch (IllegalArgumentException e) {
      throw new Json.Malformed(field + " is not base64url");
    }
  }

  private static Map<String, Object> read(String field, byte[] json) throws Json.Malformed {
    try {
      return Json.readObject(json);
    } catch (Json.Malformed e) {
      throw new Json.Malformed(field + ": " + e.getMessage());
    }
  }

  /** The app id, which is the tracker's name for the site it belongs to. */
  static @Nullable String appId(Map<String, Object> fields) {
    return fields.get("aid") instanceof String id ? id : null;
  }
}
