package io.marquetry.content;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Splits HTML into tags, text and comments by the states of the HTML standard.
 *
 * <p>Design note: tokens are offsets into the source and character references stay undecoded,
 * because all that matters here is which context each character stands in. Where two braces open,
 * the handler is told the context and may consume a template tag; the tokenizer then goes on as if
 * nothing stood there. Lone decisions of the tree builder that reach the tokenizer (raw text
 * elements, svg and math) are made from tag names. One pass, linear in the source.
 */
final class HtmlTokenizer {
  /** Receives tokens in order. */
  interface Handler {
    void startTag(Tag tag);

    void endTag(String name, int start, int end);

    default void text(int start, int end) {}

    default void comment(int start, int end) {}

    default void doctype(int start, int end) {}

    /** Answers where the template tag at {@code at} ends, or {@code at} when there is none. */
    default int templateTag(int at, Place place) {
      return at;
    }

    /** The next offset whose place is to be told. */
    default int nextBorder() {
      return Integer.MAX_VALUE;
    }

    /** Tells the place of an offset, or of one behind it where the walk does not stop at it. */
    default void border(int at, Place place) {}
  }

  private static final Set<String> ESCAPABLE = Set.of("title", "textarea");
  private static final Set<String> RAW =
      Set.of("style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext");

  private final String source;
  private final int length;
  private final Handler handler;
  private final ForeignContent foreign = new ForeignContent();
  private int textStart;
  private int border;
  private Place last;

  HtmlTokenizer(String source, Handler handler) {
    this.source = source;
    this.length = source.length();
    this.handler = handler;
    this.border = handler.nextBorder();
    this.last = place(Place.Kind.TEXT, "", "", 0);
  }

  /** Runs to the end and answers where it ended: {@code TEXT} when nothing was left open. */
  Place run() {
    int at = 0;
    while (at < length) {
      borders(at, Place.Kind.TEXT, "", "", 0);
      char c = source.charAt(at);
      int next = at;
      if (c == '<') {
        next = markup(at);
      } else if (isTemplateTag(at)) {
        flushText(at);
        next = handler.templateTag(at, place(Place.Kind.TEXT, "", "", 0));
        textStart = next == at ? at : next;
      }
      at = next == at ? at + 1 : next;
    }
    flushText(length);
    borders(length, last.kind(), last.element(), "", last.start());
    return last;
  }

  /** Answers the offset after the construct at {@code '<'}, or {@code at} when it is just text. */
  private int markup(int at) {
    char next = at + 1 < length ? source.charAt(at + 1) : ' ';
    if (Ascii.isLetter(next)) {
      flushText(at);
      return consumed(startTag(at));
    }
    if (next == '/' && at + 2 < length) {
      char name = source.charAt(at + 2);
      flushText(at);
      if (Ascii.isLetter(name)) {
        return consumed(endTag(at, at + 2));
      }
      return consumed(name == '>' ? at + 3 : untilGreater(at + 2, at + 2, Place.Kind.COMMENT));
    }
    if (next == '!') {
      flushText(at);
      return consumed(declaration(at + 2));
    }
    if (next == '?') {
      flushText(at);
      return consumed(untilGreater(at + 1, at + 1, Place.Kind.COMMENT));
    }
    return at;
  }

  private int consumed(int end) {
    textStart = end;
    return end;
  }

  private void flushText(int end) {
    if (end > textStart) {
      handler.text(textStart, end);
    }
    textStart = end;
  }

  // ---- tags

  private int startTag(int start) {
    int nameEnd = tagName(start + 1);
    String name = lowered(start + 1, nameEnd);
    List<Tag.Attribute> attributes = new ArrayList<>();
    int end = attributes(nameEnd, start, name, attributes);
    if (end < 0) {
      return unfinished(Place.Kind.TAG_NAME, name, start);
    }
    boolean selfClosing = source.charAt(end - 2) == '/' && endsTag(attributes, end);
    boolean raw = !foreign.isInside();
    int depth = foreign.depth();
    foreign.start(name, selfClosing);
    handler.startTag(new Tag(name, start, end, selfClosing, depth, List.copyOf(attributes)));
    if (raw && (RAW.contains(name) || ESCAPABLE.contains(name))) {
      return rawText(name, end);
    }
    return end;
  }

  /** The slash before {@code >} closes the tag unless it is the end of an unquoted value. */
  private static boolean endsTag(List<Tag.Attribute> attributes, int end) {
    return attributes.isEmpty() || attributes.getLast().valueEnd() < end - 1;
  }

  private int endTag(int start, int nameStart) {
    int nameEnd = tagName(nameStart);
    String name = lowered(nameStart, nameEnd);
    int end = attributes(nameEnd, start, name, new ArrayList<>());
    if (end < 0) {
      return unfinished(Place.Kind.TAG_NAME, name, start);
    }
    foreign.end(name);
    handler.endTag(name, start, end);
    return end;
  }

  private int tagName(int at) {
    int start = at;
    while (at < length && !endsName(source.charAt(at))) {
      at = next(at, Place.Kind.TAG_NAME, "", "", start);
    }
    return at;
  }

  private static boolean endsName(char c) {
    return Ascii.isSpace(c) || c == '/' || c == '>';
  }

  /** Reads attributes from {@code at}; answers the offset after {@code >}, or -1 without one. */
  private int attributes(int at, int tagStart, String tag, List<Tag.Attribute> attributes) {
    while (at < length) {
      borders(at, Place.Kind.BETWEEN_ATTRIBUTES, tag, "", tagStart);
      char c = source.charAt(at);
      if (c == '>') {
        return at + 1;
      }
      if (Ascii.isSpace(c) || c == '/') {
        at++;
        continue;
      }
      int after = template(at, Place.Kind.BETWEEN_ATTRIBUTES, tag, "", tagStart);
      at = after > at ? after : attribute(at, tag, attributes);
    }
    return -1;
  }

  private int attribute(int start, String tag, List<Tag.Attribute> attributes) {
    int nameEnd = start;
    do {
      nameEnd = next(nameEnd, Place.Kind.ATTRIBUTE_NAME, tag, "", start);
    } while (nameEnd < length
        && !endsName(source.charAt(nameEnd))
        && source.charAt(nameEnd) != '=');
    String name = lowered(start, nameEnd);
    int at = skipSpace(nameEnd);
    if (at >= length || source.charAt(at) != '=') {
      attributes.add(new Tag.Attribute(name, start, nameEnd, nameEnd));
      return nameEnd;
    }
    at = skipSpace(at + 1);
    char quote = at < length ? source.charAt(at) : '>';
    boolean quoted = quote == '"' || quote == '\'';
    int valueStart = quoted ? at + 1 : at;
    int valueEnd =
        quoted ? quotedValue(valueStart, quote, tag, name) : unquotedValue(at, tag, name);
    attributes.add(new Tag.Attribute(name, start, valueStart, valueEnd));
    return Math.min(length, quoted ? valueEnd + 1 : valueEnd);
  }

  private int quotedValue(int start, char quote, String tag, String name) {
    int at = start;
    while (at < length && source.charAt(at) != quote) {
      at = next(at, Place.Kind.QUOTED_VALUE, tag, name, start);
    }
    borders(at, Place.Kind.QUOTED_VALUE, tag, name, start);
    return at;
  }

  private int unquotedValue(int start, String tag, String name) {
    int at = start;
    while (at < length && !Ascii.isSpace(source.charAt(at)) && source.charAt(at) != '>') {
      at = next(at, Place.Kind.UNQUOTED_VALUE, tag, name, start);
    }
    return at;
  }

  private int skipSpace(int at) {
    while (at < length && Ascii.isSpace(source.charAt(at))) {
      at++;
    }
    return at;
  }

  // ---- raw text

  private int rawText(String element, int start) {
    textStart = start;
    Place.Kind kind = ESCAPABLE.contains(element) ? Place.Kind.ESCAPABLE_TEXT : Place.Kind.RAW_TEXT;
    ScriptEscapes escapes = new ScriptEscapes(source, element.equals("script"));
    int at = start;
    while (at < length) {
      borders(at, kind, element, "", start);
      if (!escapes.hidesEndTag() && isEndTag(at, element)) {
        flushText(at);
        return endTag(at, at + 2);
      }
      int skipped = escapes.advance(at);
      at = skipped > at ? skipped : next(at, kind, element, "", start);
    }
    flushText(length);
    return element.equals("plaintext") ? length : unfinished(kind, element, start);
  }

  private boolean isEndTag(int at, String element) {
    int after = at + 2 + element.length();
    return source.charAt(at) == '<'
        && Ascii.startsWith(source, at, "</")
        && !element.equals("plaintext")
        && Ascii.startsWith(source, at + 2, element)
        && after < length
        && endsName(source.charAt(after));
  }

  // ---- comments and declarations

  private int declaration(int at) {
    if (source.startsWith("--", at)) {
      return comment(at + 2);
    }
    if (Ascii.startsWith(source, at, "doctype")) {
      int end = untilGreater(at, at, Place.Kind.DECLARATION);
      handler.doctype(at, end);
      return end;
    }
    if (foreign.isInside() && source.startsWith("[CDATA[", at)) {
      return cdata(at + 7);
    }
    return untilGreater(at, at, Place.Kind.COMMENT);
  }

  private int cdata(int start) {
    int at = start;
    while (at < length && !source.startsWith("]]>", at)) {
      at = next(at, Place.Kind.DECLARATION, "", "", start);
    }
    handler.text(start, at);
    return at < length ? at + 3 : unfinished(Place.Kind.DECLARATION, "", start);
  }

  private int comment(int start) {
    if (source.startsWith(">", start) || source.startsWith("->", start)) {
      handler.comment(start, start);
      return source.indexOf('>', start) + 1;
    }
    int at = start;
    while (at < length) {
      boolean plain = source.startsWith("-->", at);
      if (plain || source.startsWith("--!>", at)) {
        handler.comment(start, at);
        return at + (plain ? 3 : 4);
      }
      at = next(at, Place.Kind.COMMENT, "", "", start);
    }
    handler.comment(start, length);
    return unfinished(Place.Kind.COMMENT, "", start);
  }

  /** Everything to the next {@code >}: a doctype, or what the standard calls a bogus comment. */
  private int untilGreater(int start, int from, Place.Kind kind) {
    int at = from;
    while (at < length && source.charAt(at) != '>') {
      at = next(at, kind, "", "", start);
    }
    if (kind == Place.Kind.COMMENT) {
      handler.comment(start, at);
    }
    return at < length ? at + 1 : unfinished(kind, "", start);
  }

  // ---- template tags

  /** Steps over one character, or over the template tag that starts here. */
  private int next(int at, Place.Kind kind, String element, String attribute, int start) {
    int after = template(at, kind, element, attribute, start);
    return after > at ? after : at + 1;
  }

  private int template(int at, Place.Kind kind, String element, String attribute, int start) {
    borders(at, kind, element, attribute, start);
    return isTemplateTag(at) ? handler.templateTag(at, place(kind, element, attribute, start)) : at;
  }

  private void borders(int at, Place.Kind kind, String element, String attribute, int start) {
    while (border <= at) {
      handler.border(at, place(kind, element, attribute, start));
      border = handler.nextBorder();
    }
  }

  private boolean isTemplateTag(int at) {
    return source.charAt(at) == '{' && at + 1 < length && source.charAt(at + 1) == '{';
  }

  private Place place(Place.Kind kind, String element, String attribute, int start) {
    return new Place(kind, element, attribute, start, foreign.depth());
  }

  private int unfinished(Place.Kind kind, String element, int start) {
    last = place(kind, element, "", start);
    return length;
  }

  private String lowered(int start, int end) {
    return Ascii.lower(source.substring(start, end)).replace('\0', '\uFFFD');
  }
}
