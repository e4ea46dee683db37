package io.marquetry.content;

/** A piece of a {@link PageTemplate}, in document order. */
public sealed interface Part permits Part.Static, Part.Marker, Slot {

  /** Bytes that are the same in every answer. The array must not be changed. */
  final class Static implements Part {
    private final byte[] bytes;

    Static(byte[] bytes) {
      this.bytes = bytes;
    }

    public byte[] bytes() {
      return bytes;
    }
  }

  /** A position where a caller may insert markup of its own; it stands for no bytes. */
  enum Marker implements Part {
    /** Just before {@code </head>}: style sheets. */
    HEAD_END,
    /** Just before the last {@code </body>}: scripts. */
    BODY_END
  }
}
