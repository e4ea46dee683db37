package io.marquetry.assembly.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What pages of other sites turned out to hold when they last went by.
 *
 * <p>It lets the decision be asked for while the page is still on its way, and lets a page that has
 * no slots keep the validators of its origin. Nothing depends on it being right: a slot that was
 * not expected is decided when it comes, and one that is gone costs a decision for nothing, once.
 * Bounded: the page unseen for longest is forgotten.
 */
public final class PageMemory {
  private final int most;
  private final LinkedHashMap<String, Seen> pages = new LinkedHashMap<>(16, 0.75f, true);
  private long forgotten;

  /**
   * One page as it was.
   *
   * @param components of its slots, in order of first appearance
   * @param validator of the very text that was seen; empty where the origin gave none
   */
  public record Seen(List<String> components, String validator) {
    public Seen {
      components = List.copyOf(components);
    }

    /** Whether an answer with this validator is known to hold no slot. */
    public boolean isPlain(String answered) {
      return components.isEmpty() && !answered.isEmpty() && answered.equals(validator);
    }
  }

  public PageMemory(int most) {
    this.most = most;
  }

  public @Nullable Seen seen(String page) {
    return pages.get(page);
  }

  /** Takes note of a page that went by whole. */
  public void saw(String page, List<String> components, String validator) {
    pages.put(page, new Seen(components, validator));
    if (pages.size() > most) {
      var eldest = pages.entrySet().iterator();
      Map.Entry<String, Seen> unused = eldest.next();
      eldest.remove();
      forgotten++;
    }
  }

  /** Pages forgotten for want of room. */
  public long forgotten() {
    return forgotten;
  }
}
