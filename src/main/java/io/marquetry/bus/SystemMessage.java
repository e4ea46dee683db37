package io.marquetry.bus;

/** What any component may be asked, whoever it is. */
public sealed interface SystemMessage extends BusMessage {

  /** Nothing more to say than that it was done. */
  record Done() implements SystemMessage {
    public static final Done DONE = new Done();
  }

  /** How are you? */
  record Ping() implements SystemMessage {}

  /**
   * A component's own account of itself.
   *
   * @param state {@code ready}, {@code loading} or {@code degraded: …}
   * @param lag events accepted but not yet seen by it
   */
  record Pong(String component, int instance, String state, long lag) implements SystemMessage {}
}
