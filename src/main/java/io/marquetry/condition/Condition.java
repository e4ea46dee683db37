package io.marquetry.condition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition: parse once, test any number of profiles.
 *
 * <p>JSON comes as plain values (null, Boolean, Number, String, List, Map) and must not change
 * afterwards. Two conditions are equal when their normal forms are, so writing operands in another
 * order, or a default out, makes no difference.
 *
 * <p>Thread-safe: immutable. Design note: what a condition reads and its normal form are worked out
 * when it is parsed, since both are asked far more often than conditions are saved.
 */
public final class Condition {
  private static final Set<String> CONTEXTUAL =
      Set.of("context", "device", "geo", "campaign", "session");

  private final Object source;
  private final Node root;
  private final String canonical;
  private final Set<FieldPath> fields;
  private final Set<String> segments;
  private final Set<Behaviour> behaviours;

  Condition(Object source, Node root) {
    this.source = source;
    this.root = root;
    var text = new StringBuilder();
    root.canonical(text);
    this.canonical = text.toString();
    var found = Dependencies.of(root);
    this.fields = Collections.unmodifiableSet(found.fields());
    this.segments = Collections.unmodifiableSet(found.segments());
    this.behaviours = Collections.unmodifiableSet(found.behaviours());
  }

  /**
   * Compiles a condition that knows no saved groups.
   *
   * @throws MalformedConditionException naming the path of the first fault and what is expected
   *     there
   */
  public static Condition parse(@Nullable Object json) {
    return parse(json, Map.of());
  }

  /**
   * Compiles a condition; {@code $inGroup} and {@code $notInGroup} name keys of {@code groups}.
   *
   * @throws MalformedConditionException naming the path of the first fault and what is expected
   *     there; also beyond 200 operators, 8 levels, or a regular expression of more than 256
   *     characters
   */
  public static Condition parse(@Nullable Object json, Map<String, List<Object>> groups) {
    return compile(json, new Parsing(groups, false));
  }

  /**
   * Compiles a condition as GrowthBook's SDKs would run it: an operator they do not know, or cannot
   * make sense of, is never true, and an unknown group is empty. For trying conditions out; what is
   * saved goes through {@link #parse}.
   *
   * @throws MalformedConditionException when it is no object at all, exceeds a limit, or names a
   *     segment or a behaviour wrongly
   */
  public static Condition parseLenient(@Nullable Object json, Map<String, List<Object>> groups) {
    return compile(json, new Parsing(groups, true));
  }

  private static Condition compile(@Nullable Object json, Parsing parsing) {
    if (!(json instanceof Map<?, ?>)) {
      throw new MalformedConditionException(
          "$", "expected a condition object" + Parsing.found(json));
    }
    return new Condition(
        json, new NodeParser(parsing, NodeParser.Scope.PROFILE).parse(json, "$", 0));
  }

  /**
   * Whether the condition holds for this view. Allocates nothing for plain comparisons of fields.
   */
  public boolean test(ProfileView view) {
    return root.test(view);
  }

  /** Which leaves decided the outcome for this view, in words. */
  public Explained explain(ProfileView view) {
    List<Explained.Leaf> leaves = new ArrayList<>();
    root.explain(view, false, leaves);
    return new Explained(root.test(view), leaves);
  }

  /** The whole condition in plain words; {@code everybody} when it asks for nothing. */
  public String describe() {
    return root.describe(false);
  }

  Node root() {
    return root;
  }

  /** The JSON it was parsed from. */
  public Object source() {
    return source;
  }

  /** The normal form: JSON text with sorted keys and operands, groups written out. */
  public String canonical() {
    return canonical;
  }

  /** Profile fields it reads, sorted; not the fields of events that {@code where} reads. */
  public Set<FieldPath> fields() {
    return fields;
  }

  /** Keys of the segments it names directly, sorted. */
  public Set<String> segments() {
    return segments;
  }

  /** Behaviours it depends on. */
  public Set<Behaviour> behaviours() {
    return behaviours;
  }

  /**
   * Whether it reads only the present request and session, so that it can be tested without a
   * stored profile.
   */
  public boolean isContextualOnly() {
    return segments.isEmpty()
        && behaviours.isEmpty()
        && fields.stream().allMatch(field -> CONTEXTUAL.contains(field.root()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Condition condition && condition.canonical.equals(canonical));
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }

  /** The normal form. */
  @Override
  public String toString() {
    return canonical;
  }
}
