package io.marquetry.assembly;

/** How a request for a page of an origin ended. */
enum OriginEnd {
  /** The origin's answer went by as it was. */
  UNTOUCHED,
  /** It was read for slots. */
  READ,
  /** It became a WebSocket. */
  SOCKET,
  /** The origin could not be reached, or broke off before its answer. */
  UNREACHABLE,
  /** It took too long. */
  LATE,
  /** Too many requests waited for it already. */
  SHED,
  /** It broke off in the middle of its answer. */
  BROKEN,
  /** The browser went away. */
  LEFT
}
