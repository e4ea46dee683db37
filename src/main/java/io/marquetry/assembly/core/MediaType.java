package io.marquetry.assembly.core;

import java.util.Locale;
import java.util.Set;

/**
 * What a {@code Content-Type} says, as far as it decides whether slots can be found in a text.
 *
 * @param type such as {@code text/html}, in lower case; empty where nothing is said
 * @param charset in lower case; empty where nothing is said
 */
public record MediaType(String type, String charset) {
  /** Encodings in which a byte below 128 always is the ASCII character it looks like. */
  private static final Set<String> ASCII =
      Set.of(
          "us-ascii",
          "ascii",
          "latin1",
          "euc-jp",
          "euc-kr",
          "gb2312",
          "gbk",
          "gb18030",
          "big5",
          "shift_jis",
          "shift-jis",
          "koi8-r",
          "koi8-u",
          "macintosh");

  /** Reads a header's value; an empty one says nothing. */
  public static MediaType parse(String header) {
    var parts = header.split(";", -1);
    var charset = "";
    for (int i = 1; i < parts.length; i++) {
      var parameter = parts[i].strip();
      if (parameter.regionMatches(true, 0, "charset=", 0, 8)) {
        charset = parameter.substring(8).strip();
      }
    }
    if (charset.length() > 1 && charset.startsWith("\"") && charset.endsWith("\"")) {
      charset = charset.substring(1, charset.length() - 1);
    }
    return new MediaType(
        parts[0].strip().toLowerCase(Locale.ROOT), charset.toLowerCase(Locale.ROOT));
  }

  /** Whether it is HTML in an encoding in which tags can be found byte by byte. */
  public boolean isReadableHtml() {
    return type.equals("text/html") && (charset.isEmpty() || isUtf8() || leavesAscii());
  }

  /** Whether what is added may be UTF-8; else it has to be ASCII. */
  public boolean isUtf8() {
    return charset.equals("utf-8") || charset.equals("utf8");
  }

  private boolean leavesAscii() {
    return ASCII.contains(charset)
        || charset.startsWith("iso-8859-")
        || charset.startsWith("windows-125")
        || charset.equals("windows-874");
  }
}
