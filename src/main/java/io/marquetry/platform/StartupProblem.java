package io.marquetry.platform;

/** Why the server cannot start, in one line that says what to do about it. */
public final class StartupProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StartupProblem(String message) {
    super(message);
  }

  public StartupProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
