package io.marquetry.bus;

/**
 * A question that was understood and turned down: the asker's to correct, nothing to log.
 *
 * <p>Carried over the bus as a failure code, and to an HTTP client as the status named here.
 */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final String field;

  /** Why a question was turned down. */
  public enum Reason {
    /** It does not make sense as written. */
    INVALID(422),
    /** What it names does not exist. */
    NOT_FOUND(404),
    /** It contradicts what is stored, or an owner that moved on. */
    CONFLICT(409),
    /** The asker may not. */
    FORBIDDEN(403),
    /** Too much at once; later it may well succeed. */
    OVERLOADED(429),
    /** What is needed to answer cannot be reached now. */
    UNAVAILABLE(503);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    /** The HTTP status that says the same. */
    public int status() {
      return status;
    }
  }

  public Refused(Reason reason, String message) {
    this(reason, "", message);
  }

  /**
   * @param field the path of what is wrong in the question, empty where it is the whole
   */
  public Refused(Reason reason, String field, String message) {
    super(message, null, false, false);
    this.reason = reason;
    this.field = field;
  }

  public Reason reason() {
    return reason;
  }

  /** The path of what is wrong in the question, empty where it is the whole. */
  public String field() {
    return field;
  }

  /** What the message of this exception says, never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
