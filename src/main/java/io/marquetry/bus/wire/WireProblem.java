package io.marquetry.bus.wire;

/** A value that has no wire form, or bytes that are none; the message names the component. */
public final class WireProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  public WireProblem(String message) {
    super(message, null, false, false);
  }

  /** What the message of this exception says, never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
