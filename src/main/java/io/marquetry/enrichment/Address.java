package io.marquetry.enrichment;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a web address that tell something.
 *
 * <p>Addresses come from outside, so there is no wrong one: what is not there is empty.
 *
 * @param host in lower case, without {@code www.}; empty where it names none
 * @param path {@code /} where it has none
 * @param query without its question mark; empty where it has none
 */
public record Address(String host, String path, String query) {
  private static final Address NONE = new Address("", "/", "");
  private static final int MAX_LENGTH = 4_096;
  private static final int MAX_PARAMETERS = 64;

  /** Takes an address, or only its path and query, apart; one too long to be one counts as none. */
  public static Address of(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > MAX_LENGTH) {
      return NONE;
    }
    int authority = text.indexOf("://");
    int start = authority < 0 ? 0 : end(text, authority + 3, "/?#");
    int path = end(text, start, "?#");
    int query = path < text.length() && text.charAt(path) == '?' ? end(text, path, "#") : path;
    return new Address(
        authority < 0 ? "" : host(text.substring(authority + 3, start)),
        path == start ? "/" : text.substring(start, path),
        query == path ? "" : text.substring(path + 1, query));
  }

  private static int end(String text, int from, String marks) {
    int end = from;
    while (end < text.length() && marks.indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static String host(String authority) {
    int user = authority.lastIndexOf('@');
    int port = authority.indexOf(':', user + 1);
    var host =
        authority
            .substring(user + 1, port < 0 ? authority.length() : port)
            .toLowerCase(Locale.ROOT);
    return host.startsWith("www.") ? host.substring(4) : host;
  }

  /** Takes one parameter of a query at a time. */
  @FunctionalInterface
  public interface Parameters {
    void take(String name, String value);
  }

  /** Goes through the first parameters of the query that have a value, decoded. */
  public void parameters(Parameters taker) {
    if (query.isEmpty()) {
      return;
    }
    for (var parameter : query.split("&", MAX_PARAMETERS)) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && equals < parameter.length() - 1) {
        taker.take(parameter.substring(0, equals), decoded(parameter.substring(equals + 1)));
      }
    }
  }

  /** Undoes percent encoding; a text that is not encoded rightly is taken as it is. */
  public static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
