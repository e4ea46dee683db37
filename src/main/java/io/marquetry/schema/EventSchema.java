package io.marquetry.schema;

import dev.harrel.jsonschema.Dialects;
import dev.harrel.jsonschema.Error;
import dev.harrel.jsonschema.JsonSchemaException;
import dev.harrel.jsonschema.SchemaResolver;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON Schema, compiled: drafts 4, 6, 7, 2019-09 and 2020-12 by its {@code $schema}, the last
 * one where it says nothing.
 *
 * <p>Design note: what it costs to check is bounded by what it costs to write down: a schema has at
 * most {@link #MAX_NODES} nodes, patterns are linear, references stay inside it, and one that leads
 * to itself for ever is an outcome, not a crash. Not thread-safe.
 */
public final class EventSchema {
  /** Most values, counted all the way down, that a schema consists of. */
  public static final int MAX_NODES = 2_000;

  private static final int MAX_DEPTH = 40;
  private static final int MAX_FAULTS = 5;
  private static final URI NAME = URI.create("urn:marquetry:schema");
  private static final SchemaResolver NOWHERE = uri -> SchemaResolver.Result.empty();

  private final Validator validator;

  /** A value that is not as the schema says. */
  public record Fault(String path, String message) {
    @Override
    public String toString() {
      return path.isEmpty() ? message : path + " " + message;
    }
  }

  /** A schema that is none. */
  public static final class Faulty extends RuntimeException {
    private static final long serialVersionUID = 1;

    Faulty(String message) {
      super(message, null, false, false);
    }
  }

  private EventSchema(Validator validator) {
    this.validator = validator;
  }

  /**
   * Compiles a schema that somebody wrote.
   *
   * @throws Faulty saying what is wrong with it
   */
  public static EventSchema compile(Map<String, Object> json) {
    return compile(json, true);
  }

  /**
   * Compiles a schema that {@link #compile} took before, without asking again whether it is one.
   */
  public static EventSchema known(Map<String, Object> json) {
    return compile(json, false);
  }

  private static EventSchema compile(Map<String, Object> json, boolean ask) {
    if (count(json, 0) > MAX_NODES) {
      throw new Faulty("has more than " + MAX_NODES + " values");
    }
    References.check(json);
    var validator =
        new ValidatorFactory()
            .withDefaultDialect(new Dialects.Draft2020Dialect())
            .withDialect(new Dialects.Draft2019Dialect())
            .withDialect(new Dialects.Draft7Dialect())
            .withDialect(new Dialects.Draft6Dialect())
            .withDialect(new Dialects.Draft4Dialect())
            .withEvaluatorFactory(new LinearPatterns())
            .withJsonNodeFactory(PlainNode.FACTORY)
            .withSchemaResolver(NOWHERE)
            .withDisabledSchemaValidation(!ask)
            .createValidator();
    try {
      validator.registerSchema(NAME, new PlainNode(json, null, ""));
      var schema = new EventSchema(validator);
      var unused = schema.validate(Map.of());
      return schema;
    } catch (JsonSchemaException | IllegalArgumentException e) {
      throw new Faulty("is no JSON Schema: " + e.getMessage());
    } catch (StackOverflowError e) {
      throw new Faulty("leads to itself for ever");
    }
  }

  private static int count(@Nullable Object json, int depth) {
    if (depth > MAX_DEPTH) {
      throw new Faulty("is deeper than " + MAX_DEPTH);
    }
    int count = 1;
    if (json instanceof Map<?, ?> map) {
      for (var value : map.values()) {
        count += count(value, depth + 1);
      }
    } else if (json instanceof List<?> list) {
      for (var value : list) {
        count += count(value, depth + 1);
      }
    }
    return count;
  }

  /** What is wrong with a plain value, the first few things; nothing where it is valid. */
  public List<Fault> check(@Nullable Object value) {
    try {
      var result = validate(value);
      return result.isValid() ? List.of() : faults(result.getErrors());
    } catch (StackOverflowError e) {
      return List.of(new Fault("", "cannot be checked: the schema leads to itself for ever"));
    }
  }

  private Validator.Result validate(@Nullable Object value) {
    return validator.validate(NAME, new PlainNode(value, null, ""));
  }

  /** What stands behind other errors only sums them up, so those that say something come first. */
  private static List<Fault> faults(List<Error> errors) {
    var faults = new ArrayList<Fault>();
    for (var error : errors) {
      var message = error.getError();
      if (message != null && !message.isBlank() && faults.size() < MAX_FAULTS) {
        faults.add(new Fault(path(error.getInstanceLocation()), message));
      }
    }
    return faults.isEmpty() ? List.of(new Fault("", "is not as its schema says")) : faults;
  }

  /** {@code /items/0/price} as {@code items.0.price}. */
  private static String path(@Nullable String pointer) {
    return pointer == null || pointer.isEmpty()
        ? ""
        : pointer.substring(1).replace('/', '.').replace("~1", "/").replace("~0", "~");
  }
}
