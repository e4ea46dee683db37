package io.marquetry.content;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Knows whether the tokenizer is inside svg or math, where the names title, style and script start
 * ordinary content and CDATA sections exist.
 *
 * <p>Design note: only the elements that enter or leave foreign content are stacked, not the whole
 * tree. An svg that was never closed is left at the first element that the HTML standard lets break
 * out of it.
 */
final class ForeignContent {
  private static final Set<String> BREAKOUT =
      Set.of(
          "b blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li menu"
              .concat(
                  " meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var")
              .split(" ", -1));

  private final Deque<String> open = new ArrayDeque<>();

  boolean isInside() {
    return "svg".equals(open.peek()) || "math".equals(open.peek());
  }

  int depth() {
    return open.size();
  }

  void start(String name, boolean selfClosing) {
    if (isInside() && BREAKOUT.contains(name)) {
      while (isInside()) {
        open.pop();
      }
    }
    boolean enters = name.equals("svg") || name.equals("math");
    if ((enters || (isInside() && isIntegrationPoint(name))) && !selfClosing) {
      open.push(name);
    }
  }

  void end(String name) {
    if (open.contains(name)) {
      while (!open.pop().equals(name)) {
        // an end tag closes what was left open inside its element
      }
    }
  }

  private static boolean isIntegrationPoint(String name) {
    return name.equals("foreignobject") || name.equals("desc") || name.equals("title");
  }
}
