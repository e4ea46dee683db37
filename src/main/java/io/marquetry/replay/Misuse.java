package io.marquetry.replay;

/** What was asked for cannot be done; the message says why, for whoever asked. */
final class Misuse extends RuntimeException {
  private static final long serialVersionUID = 1;

  Misuse(String message) {
    super(message, null, false, false);
  }
}
