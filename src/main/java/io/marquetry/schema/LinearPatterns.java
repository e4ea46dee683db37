package io.marquetry.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.harrel.jsonschema.EvaluationContext;
import dev.harrel.jsonschema.Evaluator;
import dev.harrel.jsonschema.EvaluatorFactory;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.SchemaParsingContext;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code pattern} and {@code patternProperties} by RE2: what a visitor sends must not decide how
 * long a pattern takes.
 */
final class LinearPatterns implements EvaluatorFactory {
  @Override
  public Optional<Evaluator> create(SchemaParsingContext context, String keyword, JsonNode node) {
    return switch (keyword) {
      case "pattern" ->
          node.isString() ? Optional.of(new Matches(compile(node.asString()))) : Optional.empty();
      case "patternProperties" ->
          node.isObject() ? Optional.of(Members.of(context, node)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Long names of kinds of characters, which RE2 knows by their short ones. */
  private static final Map<String, String> CATEGORIES =
      Map.of(
          "{Letter}", "{L}",
          "{Uppercase_Letter}", "{Lu}",
          "{Lowercase_Letter}", "{Ll}",
          "{Number}", "{N}",
          "{Decimal_Number}", "{Nd}",
          "{Punctuation}", "{P}",
          "{Symbol}", "{S}");

  private static Pattern compile(String pattern) {
    var text = pattern;
    for (var category : CATEGORIES.entrySet()) {
      text = text.replace("\\p" + category.getKey(), "\\p" + category.getValue());
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new EventSchema.Faulty(
          "holds the pattern " + pattern + ", which is not linear (RE2): " + e.getDescription());
    }
  }

  private record Matches(Pattern pattern) implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      return !node.isString() || pattern.matcher(node.asString()).find()
          ? Result.success()
          : Result.failure("must match " + pattern.pattern());
    }
  }

  /** Schemas of members by patterns of their names; which members were met is told to others. */
  private record Members(Map<Pattern, String> schemas) implements Evaluator {
    static Members of(SchemaParsingContext context, JsonNode node) {
      var schemas = new LinkedHashMap<Pattern, String>();
      node.asObject()
          .forEach(
              (pattern, schema) -> schemas.put(compile(pattern), context.getAbsoluteUri(schema)));
      return new Members(schemas);
    }

    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      if (!node.isObject()) {
        return Result.success();
      }
      Set<String> met = new HashSet<>();
      boolean valid = true;
      for (var member : node.asObject().entrySet()) {
        for (var schema : schemas.entrySet()) {
          if (schema.getKey().matcher(member.getKey()).find()) {
            met.add(member.getKey());
            valid &= context.resolveInternalRefAndValidate(schema.getValue(), member.getValue());
          }
        }
      }
      return valid ? Result.success(met) : Result.failure();
    }
  }
}
