package io.marquetry.condition;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that runs in time linear in the text (RE2).
 *
 * <p>Design note: most patterns people write are plain words, perhaps anchored ({@code ^/pricing});
 * those never reach the engine but become a search for the words, which is some fifty times faster
 * and allocates nothing. The rest is RE2/J, whose automaton grows with counted repetition ({@code
 * (a{1000}){1000}} would be a million states, built before anyone could count them), so the size is
 * estimated from the pattern first.
 */
final class TextPattern {
  static final int MAX_LENGTH = 256;
  static final int MAX_STATES = 1000;

  private enum How {
    CONTAINS,
    STARTS,
    ENDS,
    EQUALS,
    ENGINE
  }

  private final String source;
  private final boolean folded;
  private final How how;
  private final String words;
  private final @Nullable Pattern engine;

  private TextPattern(
      String source, boolean folded, How how, String words, @Nullable Pattern engine) {
    this.source = source;
    this.folded = folded;
    this.how = how;
    this.words = words;
    this.engine = engine;
  }

  /**
   * Compiles a pattern whose size was found acceptable.
   *
   * @throws IllegalArgumentException when RE2 cannot read it; the message says what is wrong
   */
  static TextPattern of(String source, boolean folded) {
    boolean start = source.startsWith("^");
    boolean end = source.endsWith("$") && !source.endsWith("\\$");
    String inner =
        source.substring(start ? 1 : 0, Math.max(start ? 1 : 0, source.length() - (end ? 1 : 0)));
    String words = folded ? null : literal(inner);
    if (words != null) {
      How how = start ? (end ? How.EQUALS : How.STARTS) : end ? How.ENDS : How.CONTAINS;
      return new TextPattern(source, false, how, words, null);
    }
    try {
      Pattern engine = Pattern.compile(source, folded ? Pattern.CASE_INSENSITIVE : 0);
      return new TextPattern(source, folded, How.ENGINE, "", engine);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getDescription() + ": " + e.getPattern(), e);
    }
  }

  /** The text a pattern without any operator stands for; null when it has operators. */
  private static @Nullable String literal(String pattern) {
    var words = new StringBuilder(pattern.length());
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\'
          && i + 1 < pattern.length()
          && "\\^$.|?*+()[]{}/-".indexOf(pattern.charAt(i + 1)) >= 0) {
        words.append(pattern.charAt(++i));
      } else if ("\\^$.|?*+()[]{}".indexOf(c) >= 0 || Character.isSurrogate(c)) {
        return null;
      } else {
        words.append(c);
      }
    }
    return words.toString();
  }

  String source() {
    return source;
  }

  boolean folded() {
    return folded;
  }

  /** Whether the text contains a match. */
  boolean isIn(String text) {
    return switch (how) {
      case CONTAINS -> text.contains(words);
      case STARTS -> text.startsWith(words);
      case ENDS -> text.endsWith(words);
      case EQUALS -> text.equals(words);
      case ENGINE -> engine != null && engine.matcher(text).find();
    };
  }
}
