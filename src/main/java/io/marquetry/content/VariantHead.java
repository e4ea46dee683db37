package io.marquetry.content;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes a variant puts on the slot it is shown in: its classes, its key and, as data for
 * the browser tag, its behaviour. Made once when the variant is published.
 */
public final class VariantHead {
  /** For a slot that shows its own default markup. */
  public static final VariantHead DEFAULT = of("default", VariantStyle.NONE, null);

  private static final int MAX_BEHAVIOR = 16 * 1024;

  private final byte[] alone;
  private final byte[] afterClass;

  private VariantHead(String classes, byte[] rest) {
    this.alone = join(classes.isEmpty() ? "" : " class=\"" + classes + "\"", rest);
    this.afterClass = join(classes.isEmpty() ? "\"" : " " + classes + "\"", rest);
  }

  /**
   * Makes the head of a variant.
   *
   * @param behavior a JSON object, carried in {@code data-mq-behavior}; {@code mq.js} does of it
   *     what it knows and nothing else
   * @throws InvalidContentException when the key or the behaviour cannot be used
   */
  public static VariantHead of(
      String variantKey, VariantStyle style, @Nullable Map<String, ?> behavior) {
    Utf8Writer rest = new Utf8Writer(64);
    rest.raw(" data-mq-variant=\"" + Keys.check("key", variantKey) + "\"");
    if (behavior != null && !behavior.isEmpty()) {
      rest.raw(" data-mq-behavior=\"");
      Escapers.jsonAttribute(behavior, rest);
      rest.raw("\"");
    }
    if (rest.size() > MAX_BEHAVIOR) {
      throw new InvalidContentException("behavior", "takes more than " + MAX_BEHAVIOR + " bytes");
    }
    return new VariantHead(style.classes(), rest.toByteArray());
  }

  byte[] bytes(boolean classOpen) {
    return classOpen ? afterClass : alone;
  }

  private static byte[] join(String start, byte[] rest) {
    Utf8Writer joined = new Utf8Writer(start.length() + rest.length);
    joined.raw(start);
    joined.write(rest);
    return joined.toByteArray();
  }
}
