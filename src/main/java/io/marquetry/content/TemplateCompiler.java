package io.marquetry.content;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the source of a component into nodes while the tokenizer walks it.
 *
 * <p>Design note: literals are cut at template tags, not at HTML tokens, so a component has as few
 * chunks as it has holes. A section must end in the {@link Place} it started in; then leaving it
 * out or repeating it cannot move what follows into another context, and the one walk over the
 * source proves every possible rendering.
 */
final class TemplateCompiler implements HtmlTokenizer.Handler {
  private static final int MAX_SECTION_DEPTH = 8;
  private static final int MAX_TAGS = 2_000;

  private record Open(TemplateTag tag, Place place, List<Node> outer, boolean entersList) {}

  private final String source;
  private final Borders borders;
  private final Map<String, FieldDefinition> fields;
  private final Deque<Open> open = new ArrayDeque<>();
  private final List<TemplateTag> tags = new ArrayList<>();
  private List<Node> nodes = new ArrayList<>();
  private int literalStart;
  private int listDepth;

  private TemplateCompiler(Composition composition, Map<String, FieldDefinition> fields) {
    this.source = composition.text();
    this.borders = new Borders(composition);
    this.fields = fields;
  }

  static List<Node> compile(Composition composition, Map<String, FieldDefinition> fields) {
    try {
      TemplateCompiler compiler = new TemplateCompiler(composition, fields);
      Place end = new HtmlTokenizer(composition.text(), compiler).run();
      return compiler.finish(end);
    } catch (TemplateException e) {
      throw composition.located(e);
    }
  }

  private List<Node> finish(Place end) {
    Open unclosed = open.peek();
    if (unclosed != null) {
      throw fault(
          unclosed.tag().start(), "section '" + unclosed.tag().path() + "' is never closed");
    }
    if (end.kind() != Place.Kind.TEXT) {
      throw fault(end.start(), "the template ends inside a tag, comment or raw text element");
    }
    literal(source.length());
    return List.copyOf(nodes);
  }

  // ---- template tags

  @Override
  public int templateTag(int at, Place place) {
    String refused = MarkupRules.placeFault(place);
    if (refused != null) {
      throw fault(at, "a template tag " + refused);
    }
    TemplateTag tag = TemplateTag.parse(source, at);
    refuseTouchingMarkup(at, place);
    literal(at);
    switch (tag.kind()) {
      case HOLE -> nodes.add(hole(tag, place));
      case SECTION, INVERTED -> open(tag, place);
      case END -> close(tag, place);
      case COMMENT -> {}
    }
    if (tags.size() == MAX_TAGS) {
      throw fault(at, "more than " + MAX_TAGS + " template tags");
    }
    tags.add(tag);
    literalStart = tag.end();
    return tag.end();
  }

  @Override
  public int nextBorder() {
    return borders.next();
  }

  @Override
  public void border(int at, Place place) {
    borders.pass(at, place, MarkupRules.placeFault(place), open.peek());
  }

  private void literal(int end) {
    if (end > literalStart) {
      nodes.add(new Node.Literal(Utf8Writer.encode(source.substring(literalStart, end))));
    }
    literalStart = end;
  }

  /** What stands after the tag could otherwise complete a {@code <} or {@code </ti} before it. */
  private void refuseTouchingMarkup(int at, Place place) {
    boolean escapable = place.kind() == Place.Kind.ESCAPABLE_TEXT;
    if (!escapable && place.kind() != Place.Kind.TEXT) {
      return;
    }
    int i = at - 1;
    while (escapable && i >= 0 && Ascii.isLetter(source.charAt(i))) {
      i--;
    }
    boolean endTag = escapable && i > 0 && source.charAt(i) == '/' && source.charAt(i - 1) == '<';
    if (endTag || (at > 0 && source.charAt(at - 1) == '<')) {
      throw fault(at, "a template tag right after '<'; write &lt; for a literal less-than sign");
    }
  }

  private Node hole(TemplateTag tag, Place place) {
    if (place.kind() == Place.Kind.BETWEEN_ATTRIBUTES) {
      throw fault(
          tag.start(), "a hole where an attribute starts; write name=\"{{…}}\", or use a section");
    }
    FieldDefinition field = declared(tag);
    FieldType type = field == null ? FieldType.TEXT : field.type();
    if (type == FieldType.LIST && tag.path().segments().size() == 1) {
      throw fault(tag.start(), tag.path() + " is a list; use {{#" + tag.path() + "}}…{{/…}}");
    }
    boolean content = place.kind() == Place.Kind.TEXT && place.foreignDepth() == 0;
    if (type == FieldType.RICHTEXT && !content) {
      throw fault(tag.start(), tag.path() + " is richtext and can only stand in text content");
    }
    return new Node.Hole(tag.path(), escape(tag, place, type, content));
  }

  private Escape escape(TemplateTag tag, Place place, FieldType type, boolean content) {
    if (place.kind() != Place.Kind.QUOTED_VALUE) {
      return content ? Escape.CONTENT : Escape.TEXT;
    }
    if (!MarkupRules.isUrl(place.attribute())) {
      return Escape.ATTRIBUTE;
    }
    UrlStart start = urlStart(place, tag.start());
    if (start == UrlStart.EMPTY) {
      boolean image = MarkupRules.isImage(place.element(), place.attribute());
      boolean candidate = MarkupRules.isCandidateList(place.attribute());
      return candidate ? Escape.SRCSET_URL : image ? Escape.IMAGE_URL : Escape.URL;
    }
    boolean whole = type == FieldType.URL || type == FieldType.IMAGE;
    if (whole && start != UrlStart.QUERY) {
      throw fault(tag.start(), tag.path() + " is a whole URL and must start the attribute value");
    }
    return Escape.URL_PART;
  }

  private void open(TemplateTag tag, Place place) {
    if (open.size() == MAX_SECTION_DEPTH) {
      throw fault(tag.start(), "sections nest deeper than " + MAX_SECTION_DEPTH);
    }
    requireFixedUrl(tag, place);
    FieldDefinition field = declared(tag);
    boolean list =
        tag.kind() == TemplateTag.Kind.SECTION && field != null && field.type() == FieldType.LIST;
    open.push(new Open(tag, place, nodes, list));
    listDepth += list ? 1 : 0;
    nodes = new ArrayList<>();
  }

  private void close(TemplateTag tag, Place place) {
    Open opened = open.peek();
    if (opened == null || !opened.tag().path().equals(tag.path())) {
      String expected = opened == null ? "no section is open" : "{{/" + opened.tag().path() + "}}";
      throw fault(tag.start(), "{{/" + tag.path() + "}} closes nothing here; expected " + expected);
    }
    requireFixedUrl(tag, place);
    if (!opened.place().equals(place)) {
      throw fault(
          tag.start(),
          "section '" + tag.path() + "' ends in another HTML context than it started in");
    }
    open.pop();
    listDepth -= opened.entersList() ? 1 : 0;
    boolean inverted = opened.tag().kind() == TemplateTag.Kind.INVERTED;
    Node section = new Node.Section(tag.path(), inverted, nodes);
    nodes = opened.outer();
    nodes.add(section);
  }

  private void requireFixedUrl(TemplateTag tag, Place place) {
    if (place.kind() == Place.Kind.QUOTED_VALUE && MarkupRules.isUrl(place.attribute())) {
      UrlStart start = urlStart(place, tag.start());
      if (start != UrlStart.FIXED && start != UrlStart.QUERY) {
        throw fault(
            tag.start(), "a section at the start of a URL; put it around the whole attribute");
      }
    }
  }

  /** The declared field; null inside a list, where an item may have a member of the same name. */
  private @Nullable FieldDefinition declared(TemplateTag tag) {
    FieldDefinition field = fields.get(tag.path().first());
    if (field == null && listDepth == 0) {
      throw fault(
          tag.start(),
          tag.path().isCurrent()
              ? "{{.}} stands for a list element and needs a list section around it"
              : "no field '" + tag.path().first() + "' is declared; declared: " + fields.keySet());
    }
    return listDepth == 0 ? field : null;
  }

  // ---- HTML tokens

  @Override
  public void startTag(Tag tag) {
    refuse(tag.start(), MarkupRules.elementFault(tag.name(), tag.foreignDepth() > 0));
    for (Tag.Attribute attribute : tag.attributes()) {
      refuse(attribute.start(), MarkupRules.attributeFault(attribute.name()));
      if (MarkupRules.isUrl(attribute.name())) {
        checkUrl(tag, attribute);
      }
    }
  }

  @Override
  public void endTag(String name, int start, int end) {
    refuse(start, MarkupRules.elementFault(name, false));
  }

  private void checkUrl(Tag tag, Tag.Attribute attribute) {
    String value = withoutTags(attribute.valueStart(), attribute.valueEnd());
    boolean image = MarkupRules.isImage(tag.name(), attribute.name());
    String[] urls =
        MarkupRules.isCandidateList(attribute.name()) ? value.split(",", -1) : new String[] {value};
    for (String url : urls) {
      UrlStart start = UrlStart.of(url, image);
      if (start == UrlStart.REFUSED) {
        throw fault(attribute.start(), "the scheme of " + attribute.name() + " is not allowed");
      }
      if (start == UrlStart.COMPOSED) {
        throw fault(
            attribute.start(),
            attribute.name() + " makes up its scheme from parts; write the start of the URL out");
      }
    }
  }

  private UrlStart urlStart(Place place, int at) {
    String before = withoutTags(place.start(), at);
    return MarkupRules.isCandidateList(place.attribute())
        ? UrlStart.ofLastCandidate(before)
        : UrlStart.of(before, MarkupRules.isImage(place.element(), place.attribute()));
  }

  /** The source between two offsets with a mark for each hole and without other template tags. */
  private String withoutTags(int start, int end) {
    int first = tags.size();
    while (first > 0 && tags.get(first - 1).start() >= start) {
      first--;
    }
    StringBuilder text = new StringBuilder();
    int at = start;
    for (TemplateTag tag : tags.subList(first, tags.size())) {
      if (tag.end() <= end) {
        text.append(source, at, tag.start());
        text.append(tag.kind() == TemplateTag.Kind.HOLE ? String.valueOf(UrlStart.HOLE) : "");
        at = tag.end();
      }
    }
    return text.append(source, at, end).toString();
  }

  private void refuse(int at, @Nullable String reason) {
    if (reason != null) {
      throw fault(at, "refused: " + reason);
    }
  }

  private TemplateException fault(int at, String message) {
    return TemplateException.at(source, at, message);
  }
}
