package io.marquetry.content;

/**
 * A template that cannot be compiled. The message starts with {@code line:column}, before which
 * stands the path of the templates that led there, such as {@code layout > header}.
 */
public final class TemplateException extends RuntimeException {
  private final transient Spot spot;

  /**
   * Where a fault is, and what.
   *
   * @param offset in the text that was compiled; -1 where the fault is located already
   */
  private record Spot(int line, int column, int offset, String reason) {}

  private TemplateException(String path, Spot spot) {
    super(
        (path.isEmpty() ? "" : path + " ")
            + spot.line()
            + ":"
            + spot.column()
            + ": "
            + spot.reason());
    this.spot = spot;
  }

  static TemplateException at(String source, int offset, String reason) {
    return new TemplateException("", spot(source, offset, offset, reason));
  }

  static TemplateException in(String path, String source, int offset, String reason) {
    return new TemplateException(path, spot(source, offset, -1, reason));
  }

  private static Spot spot(String source, int at, int offset, String reason) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < at; i++) {
      if (source.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new Spot(line, at - lineStart + 1, offset, reason);
  }

  /** Line of the fault, from 1. */
  public int line() {
    return spot.line();
  }

  /** Column of the fault in UTF-16 units, from 1. */
  public int column() {
    return spot.column();
  }

  int offset() {
    return spot.offset();
  }

  String reason() {
    return spot.reason();
  }
}
