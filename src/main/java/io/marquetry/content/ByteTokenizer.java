package io.marquetry.content;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Follows HTML that arrives in pieces, as far as is needed to tell which tags are tags.
 *
 * <p>Design note: the states of {@link HtmlTokenizer}, which wants the whole source; here each byte
 * moves a state that outlives its chunk, so a chunk may end anywhere and nothing is kept but the
 * name of the tag under way. All states turn on ASCII alone, so any encoding will do that leaves
 * ASCII bytes to ASCII. Names become text only where somebody wants them: most tags of a page cost
 * the comparison of a number.
 */
final class ByteTokenizer {
  /** Told of tags; offsets are into the chunk under way. */
  interface Handler {
    /** A {@code <} stands where a tag may begin. */
    void opens(int at);

    /** A start tag ended just before {@code end}; only of names of more than passing interest. */
    void startTag(String name, int end, boolean selfClosing);

    /** The same for an end tag. */
    void endTag(String name, int end);
  }

  private enum State {
    DATA,
    OPEN,
    CLOSE_OPEN,
    DECLARATION,
    DASH,
    BRACKET,
    BOGUS,
    COMMENT,
    CDATA,
    NAME,
    BETWEEN,
    ATTRIBUTE_NAME,
    AFTER_NAME,
    BEFORE_VALUE,
    DOUBLE_QUOTED,
    SINGLE_QUOTED,
    UNQUOTED,
    RAW
  }

  private static final Set<String> RAW =
      Set.of("style script xmp iframe noembed noframes plaintext title textarea".split(" ", -1));

  /** The short names that mean something here, eight bytes to a number, sorted. */
  private static final long[] SHORT =
      Stream.concat(RAW.stream(), Stream.of("svg", "math", "mq-slot"))
          .filter(name -> name.length() <= Long.BYTES)
          .flatMapToLong(name -> LongStream.of(packed(name)))
          .sorted()
          .toArray();

  private static final List<byte[]> HELD =
      List.of(Escapers.ascii("mq-slot"), Escapers.ascii("esi:include"));

  private static final byte[] CDATA_OPEN = Escapers.ascii("[CDATA[");
  private static final int LONGEST_NAME = 16;

  private final Handler handler;
  private final ForeignContent foreign = new ForeignContent();
  private final byte[] name = new byte[LONGEST_NAME];
  private State state = State.DATA;
  private RawBytes raw = new RawBytes("");
  private int nameLength;
  private long packed;
  private boolean closing;
  private boolean slash;

  /** How many characters of what ends or begins a construct were seen in a row. */
  private int run;

  /** In a comment: whether nothing but a dash stood in it yet. */
  private boolean fresh;

  /** In a comment: whether a {@code >} would end it without two dashes before it. */
  private boolean ending;

  ByteTokenizer(Handler handler) {
    this.handler = handler;
  }

  /** Whether a start tag is under way that is, or may yet become, a slot or an include. */
  boolean holding() {
    return switch (state) {
      case OPEN -> true;
      case NAME -> !closing && HELD.stream().anyMatch(held -> begins(held, nameLength));
      case BETWEEN, ATTRIBUTE_NAME, AFTER_NAME, BEFORE_VALUE -> holdsTag();
      case DOUBLE_QUOTED, SINGLE_QUOTED, UNQUOTED -> holdsTag();
      default -> false;
    };
  }

  private boolean holdsTag() {
    return !closing
        && HELD.stream().anyMatch(held -> nameLength == held.length && begins(held, nameLength));
  }

  private boolean begins(byte[] held, int length) {
    return length <= held.length && Arrays.equals(name, 0, length, held, 0, length);
  }

  /** Takes the next piece. */
  void feed(byte[] chunk) {
    int at = 0;
    while (at < chunk.length) {
      at =
          switch (state) {
            case DATA -> data(chunk, at);
            case NAME -> name(chunk, at);
            case BETWEEN -> between(chunk, at);
            case ATTRIBUTE_NAME -> attributeName(chunk, at);
            case DOUBLE_QUOTED -> until(chunk, at, '"', State.BETWEEN);
            case SINGLE_QUOTED -> until(chunk, at, '\'', State.BETWEEN);
            case UNQUOTED -> unquoted(chunk, at);
            case RAW -> raw(chunk, at);
            case BOGUS -> until(chunk, at, '>', State.DATA);
            default -> step(chunk[at], at);
          };
    }
  }

  /** The states that are left after a byte or two. */
  private int step(byte c, int at) {
    return switch (state) {
      case OPEN -> open(c, at);
      case CLOSE_OPEN -> closeOpen(c, at);
      case DECLARATION -> declaration(c, at);
      case DASH -> c == '-' ? comment(at + 1) : enter(State.BOGUS, at);
      case BRACKET -> bracket(c, at);
      case COMMENT -> commentByte(c, at);
      case CDATA -> cdataByte(c, at);
      case AFTER_NAME -> afterName(c, at);
      case BEFORE_VALUE -> beforeValue(c, at);
      default -> throw new IllegalStateException(state.name());
    };
  }

  private int enter(State next, int at) {
    state = next;
    return at;
  }

  private int data(byte[] chunk, int from) {
    for (int at = from; at < chunk.length; at++) {
      if (chunk[at] == '<') {
        handler.opens(at);
        nameLength = 0;
        packed = 0;
        closing = false;
        return enter(State.OPEN, at + 1);
      }
    }
    return chunk.length;
  }

  private int open(byte c, int at) {
    return switch (c) {
      case '/' -> enter(State.CLOSE_OPEN, at + 1);
      case '!' -> enter(State.DECLARATION, at + 1);
      case '?' -> enter(State.BOGUS, at + 1);
      default -> enter(isLetter(c) ? State.NAME : State.DATA, at);
    };
  }

  private int closeOpen(byte c, int at) {
    closing = isLetter(c);
    if (closing) {
      return enter(State.NAME, at);
    }
    return c == '>' ? enter(State.DATA, at + 1) : enter(State.BOGUS, at);
  }

  private int until(byte[] chunk, int from, char end, State next) {
    for (int at = from; at < chunk.length; at++) {
      if (chunk[at] == end) {
        slash = false;
        return enter(next, at + 1);
      }
    }
    return chunk.length;
  }

  // ---- declarations

  private int declaration(byte c, int at) {
    if (c == '-') {
      return enter(State.DASH, at + 1);
    }
    run = 0;
    return enter(c == '[' && foreign.isInside() ? State.BRACKET : State.BOGUS, at);
  }

  private int bracket(byte c, int at) {
    if (c != CDATA_OPEN[run]) {
      return enter(State.BOGUS, at);
    }
    if (++run == CDATA_OPEN.length) {
      run = 0;
      return enter(State.CDATA, at + 1);
    }
    return at + 1;
  }

  private int cdataByte(byte c, int at) {
    if (c == '>' && run >= 2) {
      return enter(State.DATA, at + 1);
    }
    run = c == ']' ? run + 1 : 0;
    return at + 1;
  }

  private int comment(int at) {
    run = 0;
    fresh = true; // <!--> and <!---> are whole comments
    ending = true;
    return enter(State.COMMENT, at);
  }

  private int commentByte(byte c, int at) {
    if (c == '>' && (ending || run >= 2)) {
      return enter(State.DATA, at + 1);
    }
    if (c == '-') {
      run++;
      ending = fresh && run == 1;
    } else {
      fresh = false;
      ending = c == '!' && run >= 2;
      run = 0;
    }
    return at + 1;
  }

  // ---- tags

  private int name(byte[] chunk, int from) {
    for (int at = from; at < chunk.length; at++) {
      byte c = chunk[at];
      if (endsName(c)) {
        slash = false;
        return enter(State.BETWEEN, at);
      }
      byte lower = lower(c);
      packed = (packed << 8) | (lower & 0xFF);
      if (nameLength < name.length) {
        name[nameLength++] = lower;
      }
    }
    return chunk.length;
  }

  private int between(byte[] chunk, int from) {
    for (int at = from; at < chunk.length; at++) {
      byte c = chunk[at];
      if (c == '>') {
        state = State.DATA;
        ended(at + 1);
        return at + 1;
      }
      if (c != '/' && !isSpace(c)) {
        return enter(State.ATTRIBUTE_NAME, attributeStart(at));
      }
      slash = c == '/';
    }
    return chunk.length;
  }

  /** The first character of an attribute belongs to its name, whichever it is. */
  private int attributeStart(int at) {
    slash = false;
    return at + 1;
  }

  private int attributeName(byte[] chunk, int from) {
    for (int at = from; at < chunk.length; at++) {
      byte c = chunk[at];
      if (c == '=') {
        return enter(State.BEFORE_VALUE, at + 1);
      }
      if (isSpace(c)) {
        return enter(State.AFTER_NAME, at + 1);
      }
      if (endsName(c)) {
        return enter(State.BETWEEN, at);
      }
    }
    return chunk.length;
  }

  private int afterName(byte c, int at) {
    if (isSpace(c)) {
      return at + 1;
    }
    return c == '=' ? enter(State.BEFORE_VALUE, at + 1) : enter(State.BETWEEN, at);
  }

  private int beforeValue(byte c, int at) {
    if (isSpace(c)) {
      return at + 1;
    }
    return switch (c) {
      case '"' -> enter(State.DOUBLE_QUOTED, at + 1);
      case '\'' -> enter(State.SINGLE_QUOTED, at + 1);
      default -> enter(State.UNQUOTED, at);
    };
  }

  private int unquoted(byte[] chunk, int from) {
    for (int at = from; at < chunk.length; at++) {
      if (chunk[at] == '>' || isSpace(chunk[at])) {
        slash = false;
        return enter(State.BETWEEN, at);
      }
    }
    return chunk.length;
  }

  private void ended(int end) {
    boolean known = nameLength > Long.BYTES || Arrays.binarySearch(SHORT, packed) >= 0;
    if (!known && foreign.depth() == 0) {
      return;
    }
    var text = new String(name, 0, nameLength, StandardCharsets.ISO_8859_1);
    if (closing) {
      foreign.end(text);
      handler.endTag(text, end);
      return;
    }
    boolean content = !foreign.isInside();
    foreign.start(text, slash);
    handler.startTag(text, end, slash);
    if (content && RAW.contains(text)) {
      raw = new RawBytes(text);
      state = State.RAW;
    }
  }

  private int raw(byte[] chunk, int from) {
    int at = raw.feed(chunk, from);
    if (raw.ended()) {
      nameLength = 0; // nobody asks for the end of raw text
      packed = 0;
      closing = true;
      slash = false;
      return enter(State.BETWEEN, at);
    }
    return at;
  }

  // ---- characters

  static byte lower(byte c) {
    return c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
  }

  static boolean endsName(byte c) {
    return isSpace(c) || c == '/' || c == '>';
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  private static boolean isLetter(byte c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static long packed(String name) {
    long packed = 0;
    for (byte c : Escapers.ascii(name)) {
      packed = (packed << 8) | c;
    }
    return packed;
  }
}
