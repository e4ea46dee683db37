package io.marquetry.content;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The compiled template of a component.
 *
 * <p>Template tags: <code>{{field}}</code> writes a value; <code>{{#list}}…{{/list}}</code> repeats
 * for each element, inside which names mean the element's members, then those of the elements
 * around it, then the declared fields ({@code .} is the element itself, and {@code item.price}
 * means its {@code price} unless it has a member called {@code item}); <code>{{#field}}…{{/field}}
 * </code> shows its body when the value is present (not null, false, empty), <code>
 * {{^field}}…{{/field}}</code> when it is not; <code>{{! note}}</code> writes nothing. Other
 * templates may stand in it, see {@link Templates}; their holes are its own.
 *
 * <p>Holes may stand in text, in title and textarea, and in quoted attributes. Everything that runs
 * code is refused when compiling: scripts, event handlers, {@code srcdoc}, holes in styles and
 * comments, schemes outside {@link UrlPolicy}. Immutable and thread-safe.
 */
public final class ComponentTemplate {
  /** The longest source, in UTF-16 units. */
  public static final int MAX_SOURCE = 256 * 1024;

  private final Map<String, FieldDefinition> fields;
  private final List<Node> nodes;
  private final Set<String> uses;

  private ComponentTemplate(
      Map<String, FieldDefinition> fields, List<Node> nodes, Set<String> uses) {
    this.fields = fields;
    this.nodes = nodes;
    this.uses = uses;
  }

  /** Compiles a template that no other stands in. */
  public static ComponentTemplate compile(String html, List<FieldDefinition> fields) {
    return compile(html, fields, Templates.NONE);
  }

  /**
   * Compiles a template over its declared fields.
   *
   * @param templates that may stand in it
   * @throws TemplateException with line and column when the template is refused
   * @throws InvalidContentException when a field is declared twice
   */
  public static ComponentTemplate compile(
      String html, List<FieldDefinition> fields, Templates templates) {
    if (html.length() > MAX_SOURCE) {
      throw TemplateException.at(html, 0, "the template is longer than " + MAX_SOURCE);
    }
    Map<String, FieldDefinition> byKey = FieldDefinition.byKey(fields);
    Composition whole = templates.compose(html, MAX_SOURCE);
    return new ComponentTemplate(byKey, TemplateCompiler.compile(whole, byKey), whole.uses());
  }

  /** The declared fields in order. */
  public List<FieldDefinition> fields() {
    return List.copyOf(fields.values());
  }

  /** Keys of the templates that it is put together from. */
  public Set<String> uses() {
    return uses;
  }

  /**
   * Binds the content of one variant: validates it, sanitises its rich text and renders all that
   * does not depend on the visitor.
   *
   * <p>A value {@code {"$from": path, "limit"?, "default"?}} is looked up at request time, {@code
   * {"$items": true, "limit"?}} is the list of recommended items.
   *
   * @throws InvalidContentException naming the field that is missing, of a wrong type or too large
   */
  public BoundVariant bind(Map<String, ?> content) {
    BoundContent bound = ContentReader.read(fields, content);
    List<Object> pieces = new ArrayList<>();
    Interpreter.bind(nodes, bound.values(), pieces);
    return new BoundVariant(bound, pieces);
  }
}
