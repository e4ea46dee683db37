package io.marquetry.content;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a component template may contain. A component is content: what acts (scripts, handlers) is a
 * variant's behaviour, what changes the whole document (base, meta, link) belongs to the page.
 */
final class MarkupRules {
  private static final Set<String> URL_ATTRIBUTES =
      Set.of(
          ("href xlink:href src action formaction poster background cite data longdesc manifest"
                  + " icon profile ping codebase classid dynsrc lowsrc srcset imagesrcset")
              .split(" ", -1));
  private static final Set<String> DOCUMENT_ELEMENTS =
      Set.of(
          "base",
          "meta",
          "link",
          "html",
          "head",
          "body",
          "frameset",
          "frame",
          "object",
          "embed",
          "applet",
          "plaintext",
          "noscript");
  private static final Set<String> ANIMATIONS =
      Set.of("animate", "set", "animatetransform", "animatemotion");
  private static final Set<String> NOT_IN_SVG =
      Set.of("style", "textarea", "xmp", "iframe", "noembed", "noframes", "foreignobject");
  private static final Set<String> IMAGES = Set.of("img", "source", "input", "image", "video");

  private MarkupRules() {}

  static boolean isUrl(String attribute) {
    return URL_ATTRIBUTES.contains(attribute);
  }

  static boolean isCandidateList(String attribute) {
    return attribute.equals("srcset") || attribute.equals("imagesrcset");
  }

  /** Whether the address is only ever drawn, so that a data URL of an image is harmless. */
  static boolean isImage(String element, String attribute) {
    return switch (attribute) {
      case "poster", "background" -> true;
      case "src" -> IMAGES.contains(element) && !element.equals("video");
      case "href", "xlink:href" -> element.equals("image");
      default -> isCandidateList(attribute);
    };
  }

  /** Says why an element is refused, or null when it is not. */
  static @Nullable String elementFault(String name, boolean inForeign) {
    if (name.equals("script")) {
      return "a script element; put code into the page and data into data- attributes";
    }
    if (name.equals("mq-slot") || name.equals("esi:include")) {
      return "a slot inside a component; slots belong to pages";
    }
    if (DOCUMENT_ELEMENTS.contains(name)) {
      return "<" + name + "> is not for components; it belongs to the page, if anywhere";
    }
    if (ANIMATIONS.contains(name)) {
      return "<" + name + "> can rewrite links; animate with CSS instead";
    }
    if (inForeign && NOT_IN_SVG.contains(name)) {
      return "<" + name + "> inside svg or math; browsers do not agree on how it is read";
    }
    return null;
  }

  /** Says why an attribute is refused whatever its value, or null when it is not. */
  static @Nullable String attributeFault(String name) {
    if (name.startsWith("on")) {
      return "the event handler " + name + "; use the variant's behavior instead";
    }
    if (name.equals("srcdoc") || name.equals("nonce")) {
      return "the attribute " + name + "; it is not for components";
    }
    for (int i = 0; i < name.length(); i++) {
      if ("\"'<=".indexOf(name.charAt(i)) >= 0) {
        return "the attribute name '" + Keys.shortened(name) + "'; check the quotes before it";
      }
    }
    return null;
  }

  /** Says why no template tag may stand in {@code place}, or null when one may. */
  static @Nullable String placeFault(Place place) {
    return switch (place.kind()) {
      case TEXT, ESCAPABLE_TEXT, BETWEEN_ATTRIBUTES -> null;
      case RAW_TEXT ->
          "inside a " + place.element() + " element; move it into text or a data- attribute";
      case COMMENT -> "inside a comment; move it out, or write {{! a note }} instead";
      case DECLARATION -> "inside a declaration; move it into text";
      case TAG_NAME -> "inside a tag name; write the tag out, or use a section around each form";
      case ATTRIBUTE_NAME ->
          "touching an attribute name; write the name out, and leave a space around a section";
      case UNQUOTED_VALUE -> "in an attribute value without quotes; put quotes around the value";
      case QUOTED_VALUE ->
          place.attribute().equals("style")
              ? "inside a style attribute; use the variant's style variables or a class"
              : attributeFault(place.attribute());
    };
  }
}
