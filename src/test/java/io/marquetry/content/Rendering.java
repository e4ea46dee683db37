package io.marquetry.content;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Renders in tests, and keeps the arrays that were handed over. */
final class Rendering implements Sink {
  final List<byte[]> chunks = new ArrayList<>();
  private final Utf8Writer all = new Utf8Writer(64);

  @Override
  public void write(byte[] bytes, int offset, int length) {
    chunks.add(
        offset == 0 && length == bytes.length
            ? bytes
            : Arrays.copyOfRange(bytes, offset, offset + length));
    all.write(bytes, offset, length);
  }

  String html() {
    return new String(all.toByteArray(), StandardCharsets.UTF_8);
  }

  int length() {
    return all.size();
  }

  static String of(BoundVariant variant, Bindings live) {
    Rendering rendering = new Rendering();
    int length = variant.render(live, rendering);
    if (length != rendering.length()) {
      throw new AssertionError("said " + length + " bytes, wrote " + rendering.length());
    }
    return rendering.html();
  }

  static String of(String template, List<FieldDefinition> fields, Map<String, ?> content) {
    return of(ComponentTemplate.compile(template, fields).bind(content), Bindings.NONE);
  }

  /** Fields in the short form {@code "title:text"}, an exclamation mark making one required. */
  static List<FieldDefinition> fields(String... shorthands) {
    return Arrays.stream(shorthands).map(Rendering::field).toList();
  }

  private static FieldDefinition field(String shorthand) {
    int colon = shorthand.indexOf(':');
    boolean required = shorthand.endsWith("!");
    String type = shorthand.substring(colon + 1, shorthand.length() - (required ? 1 : 0));
    return FieldDefinition.parse(
        Map.of("key", shorthand.substring(0, colon), "type", type, "required", required));
  }
}
