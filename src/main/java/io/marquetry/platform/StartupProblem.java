package io.marquetry.platform;

/**
 * Why this process cannot start. The message is the single line shown to the operator: it says what
 * is wrong, where, and what to do about it, and never holds a password.
 */
public final class StartupProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StartupProblem(String line) {
    super(oneLine(line));
  }

  public StartupProblem(String line, Throwable cause) {
    super(oneLine(line), cause);
  }

  /** Folds what other software says over several lines into one. */
  public static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  /** A short reason for an exception whose message may be missing or no more than a path. */
  public static String reason(Throwable cause) {
    var message = cause.getMessage();
    var name = cause.getClass().getSimpleName();
    return message == null ? name : message + " (" + name + ")";
  }
}
