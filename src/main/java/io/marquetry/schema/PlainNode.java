package io.marquetry.schema;

import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.SimpleType;
import io.marquetry.platform.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A plain value as the validator reads it, without a copy.
 *
 * <p>Children are wrapped when they are asked for; where a node stands is spelt out only for a
 * message. Numbers that are equal are the same, {@code 1} and {@code 1.0} too.
 */
final class PlainNode implements JsonNode {
  /** Wraps plain values; as JSON only the drafts' own schemas come, which the library brings. */
  static final JsonNodeFactory FACTORY =
      new JsonNodeFactory() {
        @Override
        public JsonNode wrap(Object value) {
          return value instanceof JsonNode node ? node : new PlainNode(value, null, "");
        }

        @Override
        public JsonNode create(String json) {
          return new PlainNode(Json.readOwn(json), null, "");
        }
      };

  private final @Nullable Object value;
  private final @Nullable PlainNode parent;
  private final String step;
  private final SimpleType type;
  private @Nullable List<JsonNode> elements;
  private @Nullable Map<String, JsonNode> members;

  PlainNode(@Nullable Object value, @Nullable PlainNode parent, String step) {
    this.value = value;
    this.parent = parent;
    this.step = step;
    this.type = type(value);
  }

  private static SimpleType type(@Nullable Object value) {
    return switch (value) {
      case null -> SimpleType.NULL;
      case Boolean _ -> SimpleType.BOOLEAN;
      case String _ -> SimpleType.STRING;
      case Number number -> isWhole(number) ? SimpleType.INTEGER : SimpleType.NUMBER;
      case List<?> _ -> SimpleType.ARRAY;
      case Map<?, ?> _ -> SimpleType.OBJECT;
      default -> throw new IllegalArgumentException(value.getClass() + " is no plain value");
    };
  }

  private static boolean isWhole(Number number) {
    return number instanceof Long
        || number instanceof Integer
        || number instanceof BigInteger
        || number.doubleValue() == Math.rint(number.doubleValue());
  }

  @Override
  public String getJsonPointer() {
    return parent == null ? "" : parent.getJsonPointer() + "/" + JsonNode.encodeJsonPointer(step);
  }

  @Override
  public SimpleType getNodeType() {
    return type;
  }

  @Override
  public boolean asBoolean() {
    return Boolean.TRUE.equals(value);
  }

  @Override
  public String asString() {
    return String.valueOf(value);
  }

  @Override
  public BigInteger asInteger() {
    return asNumber().toBigInteger();
  }

  @Override
  public BigDecimal asNumber() {
    return value instanceof Long || value instanceof Integer
        ? BigDecimal.valueOf(((Number) value).longValue())
        : new BigDecimal(String.valueOf(value));
  }

  @Override
  public List<JsonNode> asArray() {
    var known = elements;
    if (known == null) {
      known = new ArrayList<>();
      for (var element : value instanceof List<?> list ? list : List.of()) {
        known.add(new PlainNode(element, this, Integer.toString(known.size())));
      }
      elements = known;
    }
    return known;
  }

  @Override
  public Map<String, JsonNode> asObject() {
    var known = members;
    if (known == null) {
      known = new LinkedHashMap<>();
      if (value instanceof Map<?, ?> map) {
        for (var entry : map.entrySet()) {
          var name = String.valueOf(entry.getKey());
          known.put(name, new PlainNode(entry.getValue(), this, name));
        }
      }
      members = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof PlainNode node)) {
      return false;
    }
    if (value instanceof Number && node.value instanceof Number) {
      return asNumber().compareTo(node.asNumber()) == 0;
    }
    return type == node.type
        && switch (type) {
          case ARRAY -> asArray().equals(node.asArray());
          case OBJECT -> asObject().equals(node.asObject());
          default -> Objects.equals(value, node.value);
        };
  }

  @Override
  public int hashCode() {
    return switch (type) {
      case ARRAY -> asArray().hashCode();
      case OBJECT -> asObject().hashCode();
      case INTEGER, NUMBER ->
          Double.hashCode(((Number) Objects.requireNonNull(value)).doubleValue());
      default -> Objects.hashCode(value);
    };
  }
}
