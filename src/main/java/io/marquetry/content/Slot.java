package io.marquetry.content;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A place on a page that shows one component.
 *
 * <p>Design note: the opening tag is three arrays: its own prefix, the variant's {@link
 * VariantHead} and the decision id that all slots of an answer share, so rendering copies nothing.
 * When the page gives the slot a class, the prefix ends inside the class attribute and the head
 * goes on with the variant's own classes.
 */
public final class Slot implements Part {
  private static final byte[] CLOSE = Escapers.ascii("</mq-slot>");
  private static final byte[] NO_DECISION = Escapers.ascii(">");

  private final String component;
  private final int index;
  private final boolean classOpen;
  private final boolean bare;
  private final byte[] prefix;
  private final byte[] defaultMarkup;
  private final byte[] untouched;

  /**
   * @param attributes kept attributes as source text, each with a space before it
   * @param classes the raw class attribute, empty when there is none
   */
  Slot(
      String component,
      int index,
      String attributes,
      String classes,
      String defaultMarkup,
      Function<String, byte[]> encode) {
    this.component = component;
    this.index = index;
    this.classOpen = !classes.isBlank();
    this.bare = attributes.isEmpty() && !classOpen;
    this.defaultMarkup = encode.apply(defaultMarkup);
    String tag = "<mq-slot component=\"" + component + "\"" + attributes;
    String classAttribute = classOpen ? " class=\"" + classes.strip() : "";
    this.prefix = encode.apply(tag + " data-mq-component=\"" + component + "\"" + classAttribute);
    this.untouched = encode.apply(tag + classAttribute + (classOpen ? "\">" : ">") + defaultMarkup);
  }

  /**
   * A slot without a page, for answering one component on its own.
   *
   * @throws InvalidContentException when {@code component} is no key
   */
  public static Slot of(String component) {
    return new Slot(Keys.check("component", component), 0, "", "", "", Escapers::ascii);
  }

  /**
   * The slot that one element of somebody else's page is; null where it is none.
   *
   * @param element from its {@code <} to its last {@code >}, in any encoding that leaves ASCII
   *     bytes to ASCII; its own parts stay in that encoding
   * @param markupStart where its start tag ends
   * @param markupEnd where its end tag begins
   */
  static @Nullable Slot parse(byte[] element, int markupStart, int markupEnd) {
    try {
      return PageCompiler.element(
          new String(element, StandardCharsets.ISO_8859_1),
          markupStart,
          markupEnd,
          text -> text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (TemplateException e) {
      return null;
    }
  }

  /** The attribute that carries a decision id; build it once for all slots of an answer. */
  public static byte[] decision(String decisionId) {
    return Escapers.ascii(" data-mq-decision=\"" + Keys.check("decisionId", decisionId) + "\">");
  }

  /** The key of the component to show. */
  public String component() {
    return component;
  }

  /** Position among the slots of the page, from 0. */
  public int index() {
    return index;
  }

  /** Whether its tag says nothing but the component. */
  public boolean isBare() {
    return bare;
  }

  /** The markup between the tags of the source: the last resort. The array must not be changed. */
  public byte[] defaultMarkup() {
    return defaultMarkup;
  }

  /** Writes the slot with a variant in it; {@code decision} is from {@link #decision}. */
  public int render(
      VariantHead head, byte[] decision, BoundVariant variant, Bindings live, Sink out) {
    int length = open(head, decision, out);
    length += variant.render(live, out);
    out.write(CLOSE);
    return length + CLOSE.length;
  }

  /**
   * The same in a page of an encoding that is not known to be UTF-8: what is ours is written in
   * ASCII.
   */
  public void renderAscii(
      VariantHead head, byte[] decision, BoundVariant variant, Bindings live, Sink out) {
    var ours = new CharacterReferences(out);
    out.write(prefix);
    ours.write(head.bytes(classOpen));
    out.write(decision);
    variant.render(live, ours);
    out.write(CLOSE);
  }

  /** Writes the slot with a variant in it that was decided for nobody in particular. */
  public void renderShared(VariantHead head, BoundVariant variant, Sink out) {
    render(head, NO_DECISION, variant, path -> null, out);
  }

  /** The same in a page of an encoding that is not known to be UTF-8. */
  public void renderSharedAscii(VariantHead head, BoundVariant variant, Sink out) {
    renderAscii(head, NO_DECISION, variant, path -> null, out);
  }

  /** Writes the slot with its default markup, decided for nobody in particular. */
  public void renderSharedDefault(Sink out) {
    renderDefault(VariantHead.DEFAULT, NO_DECISION, out);
  }

  /** Writes the slot with its default markup, as a decision that was made and is recorded. */
  public int renderDefault(VariantHead head, byte[] decision, Sink out) {
    int length = open(head, decision, out);
    out.write(defaultMarkup);
    out.write(CLOSE);
    return length + defaultMarkup.length + CLOSE.length;
  }

  /** Writes the slot as it stands in the source, for when no decision could be made at all. */
  public int renderUntouched(Sink out) {
    out.write(untouched);
    out.write(CLOSE);
    return untouched.length + CLOSE.length;
  }

  private int open(VariantHead head, byte[] decision, Sink out) {
    byte[] middle = head.bytes(classOpen);
    out.write(prefix);
    out.write(middle);
    out.write(decision);
    return prefix.length + middle.length + decision.length;
  }
}
