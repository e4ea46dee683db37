package io.marquetry.assembly;

import io.marquetry.assembly.core.Assembler;
import io.marquetry.assembly.core.PageFrame;
import io.marquetry.assembly.core.PageSet;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What one event loop makes pages of, as of one catalogue.
 *
 * @param frame pages for caches that put them together
 * @param stylesheet address of the styles of all variants; empty where they have none
 */
record Published(PageSet pages, Assembler assembler, PageFrame frame, String stylesheet) {
  static final Published NOTHING = of(PageSet.EMPTY, "", "");

  /**
   * @param styles address of the stylesheet, found from outside under a name that changes with it
   * @param components address of components without a key
   */
  static Published of(PageSet pages, String styles, String components) {
    var stylesheet = stylesheet(styles, pages.css());
    var link = stylesheet.isEmpty() ? "" : "<link rel=\"stylesheet\" href=\"" + stylesheet + "\">";
    var headEnd = link.getBytes(StandardCharsets.UTF_8);
    return new Published(
        pages,
        new Assembler(pages, headEnd),
        new PageFrame(pages, headEnd, components),
        stylesheet);
  }

  private static String stylesheet(String address, String css) {
    if (css.isEmpty()) {
      return "";
    }
    var hash = new CRC32();
    hash.update(css.getBytes(StandardCharsets.UTF_8));
    return "%s?v=%08x".formatted(address, hash.getValue());
  }
}
