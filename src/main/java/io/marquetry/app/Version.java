package io.marquetry.app;

/** Which build this is. */
final class Version {
  private Version() {}

  /** The version in the manifest, or that of a working tree. */
  static String text() {
    var version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0-dev" : version;
  }
}
