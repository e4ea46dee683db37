package io.marquetry.bus.wire;

/** What the first byte of a value says it is. The numbers are on the wire and never change. */
final class Tag {
  static final byte NULL = 0;
  static final byte FALSE = 1;
  static final byte TRUE = 2;
  static final byte INT = 3;
  static final byte LONG = 4;
  static final byte DOUBLE = 5;
  static final byte TEXT = 6;
  static final byte BYTES = 7;
  static final byte ID = 8;
  static final byte ENUM = 9;
  static final byte LIST = 10;
  static final byte MAP = 11;
  static final byte RECORD = 12;

  private Tag() {}
}
