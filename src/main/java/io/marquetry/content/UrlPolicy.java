package io.marquetry.content;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses content may point to.
 *
 * <p>Allowed are {@code http}, {@code https}, {@code mailto}, {@code tel} and anything relative; an
 * image may also be a data URL of png, jpeg, gif or webp. Whatever else, and any control character
 * inside, is replaced by {@link #BLOCKED}, an address no browser resolves: the page keeps its shape
 * and the fault is visible in it. A colon counts as the end of a scheme unless one of {@code / ? #}
 * comes first, as in the URL standard.
 */
public final class UrlPolicy {
  /** What a refused address is replaced by. */
  public static final String BLOCKED = "about:invalid#blocked";

  private static final Set<String> SCHEMES = Set.of("http", "https", "mailto", "tel");
  private static final List<String> IMAGE_TYPES =
      List.of("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp");

  private UrlPolicy() {}

  /** Answers {@code url} without surrounding white space, or {@link #BLOCKED}. */
  public static String safe(String url, boolean image) {
    String trimmed = trim(url);
    return fault(trimmed, image) == null ? trimmed : BLOCKED;
  }

  /** Says what is wrong with {@code url}, or null when it may be used. */
  public static @Nullable String fault(String url, boolean image) {
    String trimmed = trim(url);
    for (int i = 0; i < trimmed.length(); i++) {
      if (Ascii.isControl(trimmed.charAt(i))) {
        return "holds a control character";
      }
    }
    int colon = schemeEnd(trimmed);
    if (colon < 0 || allows(trimmed.substring(0, colon))) {
      return null;
    }
    if (image && isImageData(trimmed)) {
      return null;
    }
    return "has a scheme other than http, https, mailto and tel"
        + (image ? ", and is no png, jpeg, gif or webp data" : "");
  }

  static boolean allows(String scheme) {
    return SCHEMES.contains(Ascii.lower(scheme));
  }

  static boolean isImageData(String url) {
    for (String type : IMAGE_TYPES) {
      int end = type.length();
      if (Ascii.startsWith(url, 0, type)
          && end < url.length()
          && (url.charAt(end) == ';' || url.charAt(end) == ',')) {
        return true;
      }
    }
    return false;
  }

  private static int schemeEnd(String url) {
    for (int i = 0; i < url.length(); i++) {
      switch (url.charAt(i)) {
        case ':' -> {
          return i;
        }
        case '/', '?', '#' -> {
          return -1;
        }
        default -> {}
      }
    }
    return -1;
  }

  private static String trim(String url) {
    int start = 0;
    int end = url.length();
    while (start < end && Ascii.isSpace(url.charAt(start))) {
      start++;
    }
    while (end > start && Ascii.isSpace(url.charAt(end - 1))) {
      end--;
    }
    return url.substring(start, end);
  }
}
