package io.marquetry.platform;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Links to pages as somebody else would see them.
 *
 * <p>Whoever holds one sees what it says until it ends, and nothing more: which page, as whom, and
 * which variants, is all in what is signed. Not thread-safe.
 */
public final class PreviewLinks {
  /** The query parameter that carries one. */
  public static final String PARAMETER = "mq_preview";

  private static final int MAX_LENGTH = 4_096;

  private final SignedText texts;

  /**
   * What is signed.
   *
   * @param page key of the page
   * @param segments whose member to be; empty for none
   * @param profile as which to look, 32 hexadecimal digits; empty for nobody in particular
   * @param show variant by component, drafts too, whatever would be decided
   * @param expiresAt milliseconds since the epoch
   */
  public record Preview(
      String page,
      List<String> segments,
      String profile,
      Map<String, String> show,
      long expiresAt) {
    public Preview {
      segments = List.copyOf(segments);
      show = Map.copyOf(show);
    }
  }

  public PreviewLinks(byte[] secret) {
    texts = new SignedText(PARAMETER, MAX_LENGTH, secret);
  }

  /** The value of the parameter; longer than what is accepted where it says too much. */
  public String sign(Preview preview) {
    var json = new LinkedHashMap<String, Object>();
    json.put("p", preview.page());
    json.put("s", preview.segments());
    json.put("v", preview.profile());
    json.put("w", preview.show());
    json.put("x", preview.expiresAt() / 1_000);
    return texts.write(Json.write(json));
  }

  /** Whether a value is short enough to be accepted. */
  public static boolean fits(String signed) {
    return signed.length() <= MAX_LENGTH;
  }

  /** What a value says; null where we did not write it, or it is over. */
  public @Nullable Preview verify(@Nullable String text, long now) {
    var content = texts.read(text);
    var json = content == null ? Map.<String, Object>of() : Json.readOwn(content);
    if (!(json.get("x") instanceof Long seconds) || seconds * 1_000 <= now) {
      return null;
    }
    var show = new HashMap<String, String>();
    if (json.get("w") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> show.put(String.valueOf(key), String.valueOf(value)));
    }
    var segments =
        json.get("s") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.<String>of();
    return new Preview(
        String.valueOf(json.get("p")),
        segments,
        String.valueOf(json.get("v")),
        show,
        seconds * 1_000);
  }
}
