package io.marquetry.console;

/** Whoever asks is nobody we know. */
final class Unauthorized extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unauthorized(String message) {
    super(message, null, false, false);
  }
}
