package io.marquetry.content;

import java.util.List;

/** A piece of a compiled component template. */
sealed interface Node {
  /** Bytes that are the same for every variant. */
  final class Literal implements Node {
    private final byte[] bytes;

    Literal(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /** A value, and how it is written where it stands. */
  record Hole(Path path, Escape escape) implements Node {}

  /** Shown once for each element of a list, or when a value is present; inverted: when not. */
  record Section(Path path, boolean inverted, List<Node> body) implements Node {
    public Section {
      body = List.copyOf(body);
    }
  }
}
