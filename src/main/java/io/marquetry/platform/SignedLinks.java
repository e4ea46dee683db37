package io.marquetry.platform;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Links in mails that tell of a click before they lead on, and pictures that tell of an opening.
 *
 * <p>A link carries all there is to it, as {@link SignedText}. Where it leads is in what is signed,
 * so that nobody can have us send people elsewhere, nor make a link of one kind into the other. Not
 * thread-safe.
 */
public final class SignedLinks {
  /** The longest link, in characters: addresses beyond 8 KB are not served. */
  public static final int MAX_LENGTH = 4_096;

  private static final int MAX_TARGET = 2_048;

  private final SignedText texts;

  /** What a link tells of. */
  public enum Kind {
    CLICK("c"),
    OPEN("o");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  /**
   * What is signed.
   *
   * @param target where a click leads, empty for an opening
   * @param userId whom the mail was sent to, as the site names them; null where unknown
   * @param anonymousId the same for a device
   * @param properties of the event
   * @param expiresAt milliseconds since the epoch
   */
  public record Link(
      Kind kind,
      String site,
      String target,
      @Nullable String userId,
      @Nullable String anonymousId,
      Map<String, Object> properties,
      long expiresAt) {}

  public SignedLinks(byte[] secret) {
    texts = new SignedText("mq_link", MAX_LENGTH, secret);
  }

  /**
   * Whether people may be led there: an address of the web that names a host and nobody's login.
   */
  public static boolean isTarget(String target) {
    if (target.length() > MAX_TARGET || target.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
      return false;
    }
    try {
      var uri = URI.create(target);
      boolean web =
          "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
      return web && uri.getHost() != null && uri.getRawUserInfo() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The text of a link, fit for a path. */
  public String sign(Link link) {
    var json = new LinkedHashMap<String, Object>();
    json.put("k", link.kind().key);
    json.put("s", link.site());
    put(json, "t", link.target().isEmpty() ? null : link.target());
    put(json, "u", link.userId());
    put(json, "a", link.anonymousId());
    put(json, "p", link.properties().isEmpty() ? null : link.properties());
    json.put("x", link.expiresAt() / 1_000);
    return texts.write(Json.write(json));
  }

  private static void put(Map<String, Object> json, String key, @Nullable Object value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  /** What a text of this kind says; null where we did not write it. */
  @SuppressWarnings("unchecked")
  public @Nullable Link verify(Kind kind, @Nullable String text) {
    var content = texts.read(text);
    if (content == null) {
      return null;
    }
    var json = Json.readOwn(content);
    if (!kind.key.equals(json.get("k")) || !(json.get("x") instanceof Long seconds)) {
      return null;
    }
    return new Link(
        kind,
        String.valueOf(json.get("s")),
        json.get("t") instanceof String target ? target : "",
        json.get("u") instanceof String user ? user : null,
        json.get("a") instanceof String device ? device : null,
        json.get("p") instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of(),
        seconds * 1_000);
  }
}
