package io.marquetry.assembly.core;

import io.marquetry.content.Slot;
import org.jspecify.annotations.Nullable;

/**
 * A slot of a page of ours, under a name that fits into an address: {@code home.3}, the page's key
 * and the number of the slot on it.
 */
public record PlacedSlot(Page.Own page, Slot slot) {
  /** Its name. */
  String name() {
    return page.key() + "." + slot.index();
  }

  /**
   * The slot with this name. Where the page was changed since it was named, the first slot of the
   * component; null where it has none.
   */
  public static @Nullable PlacedSlot find(PageSet pages, String component, String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 0 || !(pages.named(name.substring(0, dot)) instanceof Page.Own page)) {
      return null;
    }
    PlacedSlot first = null;
    for (var slot : page.template().slots()) {
      var placed = new PlacedSlot(page, slot);
      if (slot.component().equals(component)) {
        if (placed.name().equals(name)) {
          return placed;
        }
        first = first == null ? placed : first;
      }
    }
    return first;
  }
}
