package io.marquetry.content;

import java.util.ArrayList;
import java.util.List;

/** One <code>{{…}}</code> of a template, {@code [start, end)} in its source. */
record TemplateTag(Kind kind, Path path, int start, int end) {
  enum Kind {
    HOLE,
    SECTION,
    INVERTED,
    END,
    COMMENT
  }

  private static final int MAX_LENGTH = 300;

  /** Reads the tag whose braces open at {@code start}. */
  static TemplateTag parse(String source, int start) {
    if (source.startsWith("{{{", start)) {
      throw TemplateException.at(
          source, start, "three braces: there is no unescaped hole; use a richtext field");
    }
    int close = source.indexOf("}}", start);
    if (close < 0) {
      throw TemplateException.at(source, start, "'{{' without '}}'");
    }
    int end = close + 2;
    String inner = source.substring(start + 2, close).strip();
    Kind kind = kind(inner);
    if (kind == Kind.COMMENT) {
      return new TemplateTag(kind, Path.CURRENT, start, end);
    }
    String name = kind == Kind.HOLE ? inner : inner.substring(1).strip();
    return new TemplateTag(kind, path(source, start, name), start, end);
  }

  private static Kind kind(String inner) {
    return switch (inner.isEmpty() ? ' ' : inner.charAt(0)) {
      case '#' -> Kind.SECTION;
      case '^' -> Kind.INVERTED;
      case '/' -> Kind.END;
      case '!' -> Kind.COMMENT;
      default -> Kind.HOLE;
    };
  }

  private static Path path(String source, int start, String name) {
    if (name.equals(".")) {
      return Path.CURRENT;
    }
    List<String> segments = new ArrayList<>();
    for (String segment : name.split("\\.", -1)) {
      if (!Keys.isKey(segment) || name.length() > MAX_LENGTH) {
        throw TemplateException.at(
            source,
            start,
            "'"
                + Keys.shortened(name)
                + "' is no field name; write {{field}}, {{#list}}, {{^field}} or {{/list}}");
      }
      segments.add(segment);
    }
    return new Path(List.copyOf(segments));
  }
}
