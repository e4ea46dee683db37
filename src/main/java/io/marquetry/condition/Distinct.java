package io.marquetry.condition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many different values a property of the events had. Values are compared as texts, so that
 * {@code 5} and {@code "5"} are one; what is unknown, a list or an object is no value.
 *
 * @param property path within the event, such as {@code properties.productId}
 */
public record Distinct(FieldPath property, Count is) implements Measure {
  /** Stands for no value. */
  public static final long NO_VALUE = 0;

  /**
   * A short name for a value, the same on every machine and in every version: the first 64 bits of
   * SHA-256 over its text in UTF-8; {@link #NO_VALUE} where there is none.
   */
  public static long key(@Nullable Object value) {
    if (value == null || value instanceof List<?> || value instanceof Map<?, ?>) {
      return NO_VALUE;
    }
    try {
      byte[] text = Loose.text(value).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      long key = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        key = (key << Byte.SIZE) | (hash[i] & 0xFF);
      }
      return key == NO_VALUE ? 1 : key;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void canonical(StringBuilder out, String event) {
    out.append("\"distinct\":{\"is\":").append(is.canonical()).append(",\"property\":");
    Canonical.write(out, property.toString());
    out.append("},").append(event);
  }
}
