package io.marquetry.segmentation;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.ProfileStore.Listed;
import io.marquetry.segmentation.ProfileStore.Shown;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
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
  private static final Buffer NO_FIELDS = Buffer.buffer("{}");

  private final Map<String, List<String>> segments = new HashMap<>();
  private final Map<Buffer, Map<String, Object>> fields = new HashMap<>();

  static Shown write(long by, ProfileSnapshot snapshot) {
    return new Shown(
        by,
        snapshot.version(),
        snapshot.since(),
        String.join(" ", snapshot.segments()),
        snapshot.fields().isEmpty() ? NO_FIELDS : Buffer.buffer(Json.write(snapshot.fields())));
  }

  ProfileSnapshot read(Listed listed) {
    var shown = listed.shown();
    return new ProfileSnapshot(
        listed.profile(),
        listed.site(),
        shown.version(),
        shown.since(),
        segments(shown.segments()),
        fields(shown.fields()));
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
