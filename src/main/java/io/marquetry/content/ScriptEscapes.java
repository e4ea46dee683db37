package io.marquetry.content;

/**
 * The two escaped states of script text: after {@code <!--} a {@code <script>} hides the next end
 * tag, until {@code -->} ends both. Other raw text elements have no such states.
 */
final class ScriptEscapes {
  private enum State {
    PLAIN,
    ESCAPED,
    DOUBLE
  }

  private final String source;
  private final boolean script;
  private State state = State.PLAIN;

  ScriptEscapes(String source, boolean script) {
    this.source = source;
    this.script = script;
  }

  boolean hidesEndTag() {
    return state == State.DOUBLE;
  }

  /** Answers the offset after the sequence that changed the state here, or {@code at}. */
  int advance(int at) {
    char c = source.charAt(at);
    if (!script || (c != '<' && c != '-')) {
      return at;
    }
    if (state == State.PLAIN) {
      // The two dashes stay unread: they may be the start of the closing -->.
      return source.startsWith("<!--", at) ? enter(State.ESCAPED, at + 2) : at;
    }
    if (source.startsWith("-->", at)) {
      return enter(State.PLAIN, at + 3);
    }
    if (state == State.ESCAPED && isScriptName(at, "<script")) {
      return enter(State.DOUBLE, at + 8);
    }
    if (state == State.DOUBLE && isScriptName(at, "</script")) {
      return enter(State.ESCAPED, at + 9);
    }
    return at;
  }

  private boolean isScriptName(int at, String opening) {
    int after = at + opening.length();
    if (!Ascii.startsWith(source, at, opening) || after >= source.length()) {
      return false;
    }
    char c = source.charAt(after);
    return Ascii.isSpace(c) || c == '/' || c == '>';
  }

  private int enter(State next, int at) {
    state = next;
    return at;
  }
}
