package io.marquetry.content;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the slots and insertion points of a page while the tokenizer walks it. */
final class PageCompiler implements HtmlTokenizer.Handler {
  private static final String ESI = "esi:include";
  private static final String ESI_PATH = "/mq/components/";
  private static final int MAX_SLOTS = 200;

  private final String source;
  private final Borders borders;
  private final Function<String, byte[]> encode;
  private final List<Part> parts = new ArrayList<>();
  private int staticStart;
  private int slots;
  private boolean headSeen;
  private int bodyEnd = -1;
  private @Nullable Tag open;

  private PageCompiler(Composition composition, Function<String, byte[]> encode) {
    this.source = composition.text();
    this.borders = new Borders(composition);
    this.encode = encode;
  }

  static List<Part> compile(Composition composition, Function<String, byte[]> encode) {
    try {
      PageCompiler compiler = new PageCompiler(composition, encode);
      new HtmlTokenizer(composition.text(), compiler).run();
      return compiler.finish();
    } catch (TemplateException e) {
      throw composition.located(e);
    }
  }

  /**
   * The slot that one element is, wherever it stood; null where it is none.
   *
   * @throws TemplateException where it would be refused in a page of our own
   */
  static @Nullable Slot element(
      String source, int markupStart, int markupEnd, Function<String, byte[]> encode) {
    var tags = new ArrayList<Tag>();
    var first =
        new HtmlTokenizer.Handler() {
          @Override
          public void startTag(Tag tag) {
            tags.add(tag);
          }

          @Override
          public void endTag(String name, int start, int end) {}
        };
    new HtmlTokenizer(source.substring(0, markupStart), first).run();
    var compiler = new PageCompiler(Composition.of(source), encode);
    var tag = tags.getFirst();
    if (tag.name().equals(ESI)) {
      compiler.include(tag);
    } else {
      compiler.add(tag, markupEnd, source.length());
    }
    return compiler.parts.isEmpty() ? null : (Slot) compiler.parts.getFirst();
  }

  private List<Part> finish() {
    if (open != null) {
      throw fault(open.start(), "<mq-slot> is never closed");
    }
    if (bodyEnd >= staticStart) {
      flush(bodyEnd);
      parts.add(Part.Marker.BODY_END);
    }
    flush(source.length());
    return parts;
  }

  @Override
  public int nextBorder() {
    return borders.next();
  }

  /** The page is its author's: in its attributes anything may be put. */
  @Override
  public void border(int at, Place place) {
    boolean value = place.kind() == Place.Kind.QUOTED_VALUE;
    borders.pass(at, place, value ? null : MarkupRules.placeFault(place), open);
  }

  @Override
  public void startTag(Tag tag) {
    if (tag.name().equals("mq-slot")) {
      startSlot(tag);
    } else if (tag.name().equals(ESI) && open == null) {
      include(tag);
    }
  }

  private void startSlot(Tag tag) {
    if (open != null) {
      throw fault(tag.start(), "<mq-slot> inside another; slots do not nest");
    }
    if (tag.attribute("component") == null) {
      throw fault(tag.start(), "<mq-slot> needs component=\"key\"");
    }
    if (tag.selfClosing()) {
      add(tag, tag.end(), tag.end());
    } else {
      open = tag;
    }
  }

  private void include(Tag tag) {
    Tag.Attribute src = tag.attribute("src");
    String path = src == null ? "" : src.value(source);
    if (path.startsWith(ESI_PATH) && Keys.isKey(path.substring(ESI_PATH.length()))) {
      flush(tag.start());
      String component = path.substring(ESI_PATH.length());
      parts.add(new Slot(component, nextIndex(tag.start()), "", "", "", encode));
      staticStart = tag.end();
    }
  }

  @Override
  public void endTag(String name, int start, int end) {
    switch (name) {
      case "mq-slot" -> endSlot(start, end);
      case "head" -> endHead(start);
      case "body" -> bodyEnd = open == null ? start : bodyEnd;
      default -> {}
    }
  }

  private void endSlot(int start, int end) {
    if (open == null) {
      throw fault(start, "</mq-slot> closes nothing");
    }
    Tag tag = open;
    open = null;
    add(tag, start, end);
  }

  private void endHead(int start) {
    if (!headSeen && open == null) {
      headSeen = true;
      flush(start);
      parts.add(Part.Marker.HEAD_END);
    }
  }

  private void add(Tag tag, int markupEnd, int end) {
    flush(tag.start());
    Tag.Attribute named = tag.attribute("component");
    String component = named == null ? "" : named.value(source);
    if (!Keys.isKey(component)) {
      throw fault(
          tag.start(),
          "component must be 1 to 64 letters, digits, '_' or '-', not '"
              + Keys.shortened(component)
              + "'");
    }
    Tag.Attribute classes = tag.attribute("class");
    String classValue = classes == null ? "" : quotable(classes);
    String markup = source.substring(tag.end(), markupEnd);
    parts.add(new Slot(component, nextIndex(tag.start()), kept(tag), classValue, markup, encode));
    staticStart = end;
  }

  private int nextIndex(int at) {
    if (slots == MAX_SLOTS) {
      throw fault(at, "more than " + MAX_SLOTS + " slots");
    }
    return slots++;
  }

  /** The attributes that are not ours, each once, quoted by double quotes. */
  private String kept(Tag tag) {
    StringBuilder kept = new StringBuilder();
    for (Tag.Attribute attribute : tag.attributes()) {
      String name = attribute.name();
      boolean ours =
          name.equals("component") || name.equals("class") || name.startsWith("data-mq-");
      if (!ours && attribute.equals(tag.attribute(name))) {
        kept.append(' ').append(name);
        if (attribute.valueStart() > attribute.start() + name.length()) {
          kept.append("=\"").append(quotable(attribute)).append('"');
        }
      }
    }
    return kept.toString();
  }

  private String quotable(Tag.Attribute attribute) {
    return attribute.value(source).replace("\"", "&quot;");
  }

  private void flush(int end) {
    if (end > staticStart) {
      parts.add(new Part.Static(encode.apply(source.substring(staticStart, end))));
    }
    staticStart = end;
  }

  private TemplateException fault(int at, String message) {
    return TemplateException.at(source, at, message);
  }
}
