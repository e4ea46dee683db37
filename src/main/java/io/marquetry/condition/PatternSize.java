package io.marquetry.condition;

/**
 * Estimates, never too low, how many states a regular expression needs once counted repetition is
 * unrolled, from its text alone.
 *
 * <p>Design note: one pass with a stack of open groups. {@code last} is the size of what a
 * repetition would apply to. Whatever is not understood counts as an ordinary character, since the
 * engine itself refuses it afterwards.
 */
final class PatternSize {
  private static final long CEILING = 1L << 40;

  private final String pattern;
  private final long[] open;
  private int depth;
  private long sum;
  private long last;
  private int at;

  private PatternSize(String pattern) {
    this.pattern = pattern;
    this.open = new long[pattern.length() + 1];
  }

  static long of(String pattern) {
    var size = new PatternSize(pattern);
    while (size.at < pattern.length()) {
      size.step(pattern.charAt(size.at));
    }
    while (size.depth > 0) {
      size.close();
    }
    return size.sum;
  }

  private void step(char c) {
    switch (c) {
      case '(' -> open();
      case ')' -> {
        close();
        at++;
      }
      case '[' -> characterClass();
      case '\\' -> escape();
      case '{' -> repetition();
      case '*', '+', '?' -> repeatFreely();
      default -> atom(at + 1);
    }
  }

  private void atom(int next) {
    last = 1;
    sum = Math.min(CEILING, sum + 1);
    at = next;
  }

  private void open() {
    open[depth++] = sum;
    sum = 1;
    at++;
  }

  private void close() {
    if (depth > 0) {
      last = sum + 1;
      sum = Math.min(CEILING, open[--depth] + last);
    }
  }

  private void characterClass() {
    int end = at + 1;
    end += pattern.startsWith("^", end) ? 1 : 0;
    end += pattern.startsWith("]", end) ? 1 : 0;
    while (end < pattern.length() && pattern.charAt(end) != ']') {
      end += pattern.charAt(end) == '\\' ? 2 : 1;
    }
    atom(Math.min(pattern.length(), end + 1));
  }

  private void escape() {
    char kind = at + 1 < pattern.length() ? pattern.charAt(at + 1) : ' ';
    if (kind == 'Q') {
      quoted();
    } else if ("pPx".indexOf(kind) >= 0 && pattern.startsWith("{", at + 2)) {
      int end = pattern.indexOf('}', at);
      atom(end < 0 ? pattern.length() : end + 1);
    } else {
      atom(Math.min(pattern.length(), at + 2));
    }
  }

  private void quoted() {
    int end = pattern.indexOf("\\E", at);
    int stop = end < 0 ? pattern.length() : end;
    sum += stop - at;
    last = 1;
    at = Math.min(pattern.length(), stop + 2);
  }

  private void repeatFreely() {
    last++;
    sum = Math.min(CEILING, sum + 1);
    at++;
  }

  private void repetition() {
    int end = pattern.indexOf('}', at);
    long times = end < 0 ? -1 : times(pattern.substring(at + 1, end));
    if (times < 0) {
      atom(at + 1);
      return;
    }
    long grown = Math.min(CEILING, last * Math.max(1, times));
    sum = Math.min(CEILING, sum - last + grown);
    last = grown;
    at = end + 1;
  }

  /** The larger count of {@code 3}, {@code 3,} or {@code 3,5}; -1 when it is none of them. */
  private static long times(String counts) {
    if (!counts.matches("[0-9]{1,6}(,[0-9]{0,6})?")) {
      return counts.matches("[0-9]+(,[0-9]*)?") ? CEILING : -1;
    }
    int comma = counts.indexOf(',');
    long least = Long.parseLong(comma < 0 ? counts : counts.substring(0, comma));
    boolean bounded = comma >= 0 && comma + 1 < counts.length();
    return bounded ? Math.max(least, Long.parseLong(counts.substring(comma + 1))) : least + 1;
  }
}
