package io.marquetry.replay;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The combined log format of web servers. A page that was delivered is a page view of whoever has
 * this address and this browser; files of other kinds and refusals are nobody's doing.
 */
final class WebLog implements LogFormat {
  private static final Pattern LINE =
      Pattern.compile(
          "^(\\S+) \\S+ \\S+ \\[([^\\]]+)\\] \"(\\S+) (\\S+)[^\"]*\" (\\d{3}) \\S+"
              + " \"([^\"]*)\" \"([^\"]*)\".*$");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);
  private static final Set<String> PAGES =
      Set.of("", "htm", "html", "xhtml", "php", "asp", "aspx", "jsp", "cgi");

  @Override
  public String name() {
    return "weblog";
  }

  @Override
  public boolean fits(String firstLine) {
    return LINE.matcher(firstLine).matches();
  }

  @Override
  public boolean hasHeader() {
    return false;
  }

  @Override
  public Optional<Recorded> read(String line, long row) {
    var fields = LINE.matcher(line);
    if (!fields.matches()) {
      throw new IllegalArgumentException("it is no line of the combined log format");
    }
    return isPage(fields) ? Optional.of(page(fields)) : Optional.empty();
  }

  private static boolean isPage(Matcher fields) {
    var status = fields.group(5);
    return fields.group(3).equals("GET")
        && (status.equals("200") || status.equals("304"))
        && isPage(extension(path(fields.group(4))));
  }

  /** What begins with a digit is part of a name, as in {@code /release-1.2}. */
  private static boolean isPage(String extension) {
    return PAGES.contains(extension) || Character.isDigit(extension.charAt(0));
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  private static String extension(String path) {
    var file = path.substring(path.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    return dot < 0 ? "" : file.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private static Recorded page(Matcher fields) {
    var target = fields.group(4);
    var page = new LinkedHashMap<String, Object>();
    page.put("path", path(target));
    page.put("search", target.substring(path(target).length()));
    if (!fields.group(6).equals("-")) {
      page.put("referrer", fields.group(6));
    }
    var context = new LinkedHashMap<String, Object>();
    context.put("page", page);
    context.put("userAgent", fields.group(7));
    var call = new LinkedHashMap<String, Object>();
    call.put("type", "page");
    call.put("anonymousId", Fingerprint.of(fields.group(1), fields.group(7)));
    call.put("properties", Map.copyOf(page));
    call.put("context", context);
    return new Recorded(time(fields.group(2)), call);
  }

  private static long time(String text) {
    try {
      return OffsetDateTime.parse(text, TIME).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is no time");
    }
  }
}
