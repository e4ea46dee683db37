package io.marquetry.content;

import java.util.Arrays;

/**
 * Looks for the end of a raw text element in bytes that arrive in pieces, with the escaped states
 * of script text; see {@link ScriptEscapes}.
 */
final class RawBytes {
  private static final byte[] COMMENT = Escapers.ascii("!--");
  private static final byte[] SCRIPT = Escapers.ascii("script");
  private static final byte[] SCRIPT_END = Escapers.ascii("/script");
  private static final int LONGEST_WORD = 12;
  private static final int NO_WORD = -1;

  private final byte[] end;
  private final boolean endless;
  private final boolean script;
  private final byte[] word = new byte[LONGEST_WORD];
  private int wordLength = NO_WORD;
  private boolean escaped;
  private boolean hidden;
  private int dashes;
  private boolean ended;

  RawBytes(String element) {
    end = Escapers.ascii("/" + element);
    endless = element.equals("plaintext");
    script = element.equals("script");
  }

  /** Whether the name of the end tag was read; what follows belongs to that tag. */
  boolean ended() {
    return ended;
  }

  /** Answers the offset after the name of the end tag, or the length of the chunk. */
  int feed(byte[] chunk, int from) {
    for (int at = from; at < chunk.length; at++) {
      if (wordLength == NO_WORD && !escaped) {
        at = nextTag(chunk, at);
        if (at == chunk.length) {
          return at;
        }
      }
      byte c = chunk[at];
      if (wordLength != NO_WORD && word(c)) {
        ended = true;
        return at;
      }
      follow(c);
    }
    return chunk.length;
  }

  private static int nextTag(byte[] chunk, int from) {
    int at = from;
    while (at < chunk.length && chunk[at] != '<') {
      at++;
    }
    return at;
  }

  /** Takes one byte behind a {@code <}; whether the name of the end tag ended before it. */
  private boolean word(byte c) {
    boolean slash = c == '/' && wordLength == 0;
    if (ByteTokenizer.endsName(c) && !slash) {
      if (!hidden && !endless && is(end)) {
        return true;
      }
      if (script && escaped) {
        hidden = hidden ? !is(SCRIPT_END) : is(SCRIPT);
      }
      wordLength = NO_WORD;
    } else if (wordLength == word.length) {
      wordLength = NO_WORD;
    } else {
      word[wordLength++] = ByteTokenizer.lower(c);
    }
    return false;
  }

  private void follow(byte c) {
    if (c == '<') {
      wordLength = 0;
      dashes = 0;
    } else if (script && !escaped && is(COMMENT)) {
      // The two dashes may already be those of the closing -->.
      escaped = true;
      dashes = 2;
      wordLength = NO_WORD;
    } else if (escaped) {
      if (c == '>' && dashes >= 2) {
        escaped = false;
        hidden = false;
      }
      dashes = c == '-' ? dashes + 1 : 0;
    }
  }

  private boolean is(byte[] wanted) {
    return wordLength == wanted.length && Arrays.equals(word, 0, wordLength, wanted, 0, wordLength);
  }
}
