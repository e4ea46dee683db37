package io.marquetry.assembly.core;

import io.marquetry.content.Part;
import io.marquetry.content.Sink;
import io.marquetry.content.Slot;
import java.nio.charset.StandardCharsets;

/**
 * Pages as a cache gets them that puts them together itself: what everybody sees, and an ESI
 * include for each slot.
 *
 * <p>Design note: a frame holds nothing that was decided for anybody, so it is worked out without
 * knowing who asks. A slot is included by its name on the page, since its attributes and its own
 * markup belong to what is shown; only a bare slot that shows the same to everybody is included by
 * its component alone, so that a cache holds it once for all pages.
 */
public final class PageFrame {
  private final PageSet set;
  private final byte[] headEnd;
  private final String components;

  /**
   * @param headEnd what is added before the end of the head, on every page
   * @param components address of components without a key, such as {@code /mq/components/}
   */
  public PageFrame(PageSet set, byte[] headEnd, String components) {
    this.set = set;
    this.headEnd = headEnd;
    this.components = components;
  }

  /** Writes the frame of a page. */
  public void write(Page.Own page, Sink out) {
    for (var part : page.template().parts()) {
      switch (part) {
        case Part.Static fixed -> out.write(fixed.bytes());
        case Part.Marker marker -> {
          if (marker == Part.Marker.HEAD_END) {
            out.write(headEnd);
          }
        }
        case Slot slot -> out.write(include(new PlacedSlot(page, slot)));
      }
    }
  }

  private byte[] include(PlacedSlot placed) {
    var slot = placed.slot();
    var address = components + slot.component();
    boolean everywhereSame = slot.isBare() && set.shared(slot.component()) != null;
    var tag =
        everywhereSame
            ? "<esi:include src=\"%s\" onerror=\"continue\"/>".formatted(address)
            : "<esi:include src=\"%1$s?slot=%2$s\" alt=\"%1$s/fallback?slot=%2$s\" onerror=\"continue\"/>"
                .formatted(address, placed.name());
    return tag.getBytes(StandardCharsets.US_ASCII);
  }
}
