package io.marquetry.content;

import java.util.List;
import java.util.Set;

/**
 * The one text that templates come to when they are put together.
 *
 * @param borders where something that was put in begins or ends, in order
 * @param origins where each stretch of the text is from, in order
 * @param uses keys of the templates that were put in
 */
record Composition(String text, List<Border> borders, List<Origin> origins, Set<String> uses) {
  Composition {
    borders = List.copyOf(borders);
    origins = List.copyOf(origins);
    uses = Set.copyOf(uses);
  }

  /**
   * A border in the text.
   *
   * @param what the tag that stands there in its source
   * @param tag where it stands
   */
  record Border(int at, boolean begins, String what, Origin tag) {}

  /**
   * A stretch of the text.
   *
   * @param from where it begins in the text
   * @param path of templates that led there, such as {@code layout > header}; empty for the source
   *     itself
   * @param at where it begins in its source
   */
  record Origin(int from, String path, String source, int at) {
    TemplateException fault(String message) {
      return TemplateException.in(path, source, at, message);
    }
  }

  /** A source that nothing is put into. */
  static Composition of(String source) {
    return new Composition(source, List.of(), List.of(new Origin(0, "", source, 0)), Set.of());
  }

  /** The same fault, found in the text, as one in the source that this part of it is from. */
  TemplateException located(TemplateException fault) {
    if (borders.isEmpty() || fault.offset() < 0) {
      return fault;
    }
    var origin = origins.getFirst();
    for (var next : origins) {
      origin = next.from() <= fault.offset() ? next : origin;
    }
    int at = Math.min(origin.source().length(), origin.at() + fault.offset() - origin.from());
    return TemplateException.in(origin.path(), origin.source(), at, fault.reason());
  }
}
