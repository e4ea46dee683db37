package io.marquetry.content;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a parser sees of a piece of HTML: its tags with attribute names, and its decoded values. */
final class Structure implements HtmlTokenizer.Handler {
  private final String html;
  private final List<String> shape = new ArrayList<>();
  private final List<Tag> tags = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  private Structure(String html) {
    this.html = html;
  }

  static Structure of(String html) {
    Structure structure = new Structure(html);
    structure.shape.add("ends in " + new HtmlTokenizer(html, structure).run().kind());
    return structure;
  }

  /** Tags with their attribute names, comments and doctypes, without any text or value. */
  List<String> shape() {
    return shape;
  }

  List<Tag> tags() {
    return tags;
  }

  String text() {
    return text.toString();
  }

  /** The decoded value of the first attribute of that name in the whole piece. */
  String attribute(String name) {
    for (Tag tag : tags) {
      Tag.Attribute attribute = tag.attribute(name);
      if (attribute != null) {
        return decode(attribute.value(html));
      }
    }
    throw new AssertionError("no attribute " + name + " in " + html);
  }

  @Override
  public void startTag(Tag tag) {
    tags.add(tag);
    shape.add(
        "<" + tag.name() + " " + tag.attributes().stream().map(Tag.Attribute::name).toList() + ">");
  }

  @Override
  public void endTag(String name, int start, int end) {
    shape.add("</" + name + ">");
  }

  @Override
  public void text(int start, int end) {
    text.append(decode(html.substring(start, end)));
  }

  @Override
  public void comment(int start, int end) {
    shape.add("<!--");
  }

  @Override
  public void doctype(int start, int end) {
    shape.add("<!doctype");
  }

  /** Decodes the references that our escapers and the sanitizer write. */
  static String decode(String html) {
    StringBuilder decoded = new StringBuilder();
    int at = 0;
    while (at < html.length()) {
      int end = html.charAt(at) == '&' ? html.indexOf(';', at) : -1;
      String character = end < 0 ? null : reference(html.substring(at + 1, end));
      decoded.append(character == null ? html.substring(at, at + 1) : character);
      at = character == null ? at + 1 : end + 1;
    }
    return decoded.toString();
  }

  private static @Nullable String reference(String name) {
    return switch (name) {
      case "amp" -> "&";
      case "lt" -> "<";
      case "gt" -> ">";
      case "quot" -> "\"";
      default ->
          name.matches("#[0-9]{1,6}")
              ? Character.toString(Integer.parseInt(name.substring(1)))
              : null;
    };
  }
}
