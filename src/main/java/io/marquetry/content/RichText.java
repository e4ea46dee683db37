package io.marquetry.content;

import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * The HTML that marketers may write: paragraphs, headings from h2, lists, quotes, tables, inline
 * emphasis, links and images. Everything else is dropped, its text kept; scripts, styles, forms and
 * every attribute not named here go altogether. The result is balanced, so it cannot close what the
 * template opened.
 */
public final class RichText {
  private static final PolicyFactory POLICY =
      new HtmlPolicyBuilder()
          .allowElements("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code")
          .allowElements("ul", "ol", "li", "strong", "em", "b", "i", "u", "s", "sub", "sup")
          .allowElements("small", "mark", "span", "a", "img", "del", "ins", "abbr")
          .allowElements("table", "caption", "thead", "tbody", "tr", "th", "td")
          .allowUrlProtocols("http", "https", "mailto", "tel")
          .allowAttributes("href")
          .onElements("a")
          .allowAttributes("src", "alt")
          .onElements("img")
          .allowAttributes("title")
          .onElements("a", "abbr", "img")
          .allowAttributes("width", "height")
          .matching((element, attribute, value) -> isSmallNumber(value) ? value : null)
          .onElements("img")
          .allowAttributes("colspan", "rowspan")
          .matching((element, attribute, value) -> isSmallNumber(value) ? value : null)
          .onElements("th", "td")
          .toFactory();

  private RichText() {}

  /** Reduces {@code html} to the allowed elements and attributes. */
  public static String sanitize(String html) {
    return POLICY.sanitize(html);
  }

  private static boolean isSmallNumber(String value) {
    return !value.isEmpty() && value.length() <= 4 && value.chars().allMatch(Character::isDigit);
  }
}
