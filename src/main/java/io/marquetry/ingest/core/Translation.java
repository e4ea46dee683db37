package io.marquetry.ingest.core;

import java.util.Map;

/** What a foreign event came to in the words of the Segment tracking spec. */
public sealed interface Translation {

  /** A call of the spec, to be parsed like any other. */
  record Call(Map<String, Object> json) implements Translation {}

  /**
   * No call.
   *
   * @param reason a short code from a bounded set
   * @param detail for whoever sent it, naming the field
   */
  record Unclear(String reason, String detail) implements Translation {}
}
