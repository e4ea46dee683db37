package io.marquetry.content;

/** Content, style or a definition that cannot be accepted, with the path of the faulty field. */
public final class InvalidContentException extends RuntimeException {
  private final String field;

  public InvalidContentException(String field, String message) {
    super(field + ": " + message);
    this.field = field;
  }

  /** The path of the fault, such as {@code title} or {@code items[2].price}. */
  public String field() {
    return field;
  }
}
