package io.marquetry.content;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A page split into static chunks and slots.
 *
 * <p>A slot is {@code <mq-slot component="key">default markup</mq-slot>}, in any case and quoting;
 * {@code <mq-slot component="key"/>} is one without default markup, and an ESI include of {@code
 * /mq/components/key} means the same. Slots do not nest, and are only seen where HTML sees a tag:
 * not in comments, scripts, styles or attributes. Templates may stand in a page, see {@link
 * Templates}. Everything else is kept byte for byte. Immutable and thread-safe.
 */
public final class PageTemplate {
  /** The longest source, in UTF-16 units. */
  public static final int MAX_SOURCE = 4 * 1024 * 1024;

  private final List<Part> parts;
  private final List<Slot> slots;
  private final int staticLength;
  private final Set<String> uses;

  private PageTemplate(List<Part> parts, Set<String> uses) {
    this.uses = uses;
    this.parts = List.copyOf(parts);
    this.slots = parts.stream().filter(Slot.class::isInstance).map(Slot.class::cast).toList();
    this.staticLength =
        parts.stream().mapToInt(part -> part instanceof Part.Static s ? s.bytes().length : 0).sum();
  }

  /** Splits a page that no template stands in. */
  public static PageTemplate compile(String html) {
    return compile(html, Templates.NONE);
  }

  /**
   * Splits a page.
   *
   * @param templates that may stand in it
   * @throws TemplateException with line and column for a nested, unclosed or unnamed slot
   */
  public static PageTemplate compile(String html, Templates templates) {
    if (html.length() > MAX_SOURCE) {
      throw TemplateException.at(html, 0, "the page is longer than " + MAX_SOURCE);
    }
    var whole = templates.compose(html, MAX_SOURCE);
    return new PageTemplate(PageCompiler.compile(whole, Utf8Writer::encode), whole.uses());
  }

  /** All parts in document order. */
  public List<Part> parts() {
    return parts;
  }

  /** The slots in document order; a component may stand on a page more than once. */
  public List<Slot> slots() {
    return slots;
  }

  /** The components shown, in order of first appearance. */
  public Set<String> components() {
    Set<String> components = new LinkedHashSet<>();
    slots.forEach(slot -> components.add(slot.component()));
    return Collections.unmodifiableSet(components);
  }

  /** Keys of the templates that it is put together from. */
  public Set<String> uses() {
    return uses;
  }

  /** Length in bytes of the parts outside slots. */
  public int staticLength() {
    return staticLength;
  }
}
