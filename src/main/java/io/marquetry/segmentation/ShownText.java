package io.marquetry.segmentation;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.ProfileStore.Listed;
import io.marquetry.segmentation.ProfileStore.Shown;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What decisions are told of profiles, to and from the form in which it is stored.
 *
 * <p>Most visitors share their set of segments and their values with many others, so what was read
 * lately is remembered instead of being read again; who gets the same gets the same object.
 */
final class ShownText {
  private static final int REMEMBERED = 20_000;

  /** No path of a field is like this. */
  private static final String UNIT = "~unit";

  private static final Buffer NO_FIELDS = Buffer.buffer("{}");

  private final Map<String, List<String>> segments = new HashMap<>();
  private final Map<Buffer, Map<String, Object>> fields = new HashMap<>();

  static Shown write(long by, ProfileSnapshot snapshot) {
    return new Shown(
        by,
        snapshot.version(),
        snapshot.since(),
        String.join(" ", snapshot.segments()),
        fields(snapshot));
  }

  /** The unit stands among the fields, since few have one of their own. */
  private static Buffer fields(ProfileSnapshot snapshot) {
    var unit = snapshot.unit();
    if (unit == null && snapshot.fields().isEmpty()) {
      return NO_FIELDS;
    }
    var fields = new LinkedHashMap<>(snapshot.fields());
    if (unit != null) {
      fields.put(UNIT, unit.toString());
    }
    return Buffer.buffer(Json.write(fields));
  }

  ProfileSnapshot read(Listed listed) {
    var shown = listed.shown();
    var fields = fields(shown.fields());
    Id128 unit = null;
    if (fields.get(UNIT) instanceof String text) {
      unit = Id128.parse(text);
      fields = new LinkedHashMap<>(fields);
      fields.remove(UNIT);
    }
    return new ProfileSnapshot(
        listed.profile(),
        listed.site(),
        shown.version(),
        shown.since(),
        segments(shown.segments()),
        fields,
        unit);
  }

  private List<String> segments(String text) {
    var known = segments.get(text);
    if (known != null) {
      return known;
    }
    if (segments.size() >= REMEMBERED) {
      segments.clear();
    }
    var read = keys(text);
    segments.put(text, read);
    return read;
  }

  /** The keys in a text of keys. */
  static List<String> keys(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  private Map<String, Object> fields(Buffer json) {
    var known = fields.get(json);
    if (known != null) {
      return known;
    }
    if (fields.size() >= REMEMBERED) {
      fields.clear();
    }
    var read = Json.readOwn(json.getBytes());
    fields.put(json, read);
    return read;
  }
}
