package io.marquetry.bench;

/**
 * A peer that cannot be had on this machine. The row beside which it would be is measured anyway.
 */
final class NotInstalled extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String what;

  NotInstalled(String what) {
    super(what);
    this.what = what;
  }

  /** Why not. */
  String what() {
    return what;
  }
}
