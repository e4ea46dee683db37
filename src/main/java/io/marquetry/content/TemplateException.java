package io.marquetry.content;

/** A template that cannot be compiled. The message starts with {@code line:column}. */
public final class TemplateException extends RuntimeException {
  private final int line;
  private final int column;

  private TemplateException(int line, int column, String message) {
    super(line + ":" + column + ": " + message);
    this.line = line;
    this.column = column;
  }

  static TemplateException at(String source, int offset, String message) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < offset; i++) {
      if (source.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new TemplateException(line, offset - lineStart + 1, message);
  }

  /** Line of the fault, from 1. */
  public int line() {
    return line;
  }

  /** Column of the fault in UTF-16 units, from 1. */
  public int column() {
    return column;
  }
}
