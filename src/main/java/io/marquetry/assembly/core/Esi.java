package io.marquetry.assembly.core;

import java.util.List;

/** Edge Side Includes 1.0: what a page with such tags is made of. */
public sealed interface Esi {

  /** Markup as it stands. */
  record Text(String text) implements Esi {}

  /**
   * Something to be fetched.
   *
   * @param alt address to try where {@code src} cannot be had; empty for none
   * @param optional whether the page does without it
   */
  record Include(String src, String alt, boolean optional) implements Esi {}

  /** The one in place of the other where something in it cannot be had. */
  record Try(List<Esi> attempt, List<Esi> except) implements Esi {
    public Try {
      attempt = List.copyOf(attempt);
      except = List.copyOf(except);
    }
  }
}
