package io.marquetry.grant;

import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;

/**
 * Leave to use the data of one person for one purpose, as of one version of their consent.
 *
 * <p>Only a {@link ConsentView} makes one, so code that takes a grant cannot be reached without the
 * question having been asked. A grant says what was true when it was made; whoever keeps one across
 * a turn of the event loop presents it to {@link ConsentView#holds} before use.
 */
public final class Grant {
  private final Purpose purpose;
  private final Purposes purposes;
  private final long version;

  Grant(Purpose purpose, Purposes purposes, long version) {
    this.purpose = purpose;
    this.purposes = purposes;
    this.version = version;
  }

  /** What it was given for. */
  public Purpose purpose() {
    return purpose;
  }

  /** Everything the visitor allowed at that version. */
  public Purposes purposes() {
    return purposes;
  }

  /** The version of the consent record it rests on; 0 where it rests on the site's default. */
  public long version() {
    return version;
  }
}
