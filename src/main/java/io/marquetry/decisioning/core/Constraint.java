package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variants of different components that are never shown on the same page: of those named, at most
 * one component shows one.
 */
record Constraint(String key, Schedule schedule, List<Member> members) {

  /**
   * One variant of it.
   *
   * @param why it is not shown where another one is
   */
  record Member(String component, Variant variant, Reason why) {}

  /**
   * Reads the body of {@code rules.put} of the kind {@code constraint}.
   *
   * @param variants of all components, by component
   * @throws IllegalArgumentException naming what is wrong
   */
  static Constraint parse(String key, Map<String, Object> body, Map<String, Variants> variants) {
    if (!(body.get("never") instanceof List<?> never)) {
      throw new IllegalArgumentException("never: a list of {component, variant} is expected");
    }
    var members = new ArrayList<Member>();
    var components = new HashSet<String>();
    for (var element : never) {
      var one = element instanceof Map<?, ?> map ? map : Map.of();
      var component = Bodies.text(one, "component");
      var known = variants.get(component);
      var variant = known == null ? null : known.find(Bodies.text(one, "variant"));
      if (variant != null) {
        members.add(new Member(component, variant, why(key, variant, component)));
        components.add(component);
      }
    }
    if (components.size() < 2) {
      throw new IllegalArgumentException("never: variants of two components at least are expected");
    }
    return new Constraint(key, Schedule.parse(body.get("schedule")), List.copyOf(members));
  }

  private static Reason why(String key, Variant variant, String component) {
    return new Reason(
        "constraint",
        key,
        "constraint “%s” keeps “%s” of %s from a page that shows another variant it names"
            .formatted(key, variant.key(), component));
  }

  /** The members that a component has. */
  List<Member> members(String component) {
    var own = new ArrayList<Member>();
    for (var member : members) {
      if (member.component().equals(component)) {
        own.add(member);
      }
    }
    return own;
  }

  /** The member that a component shows, null where it shows none. */
  @Nullable Member shown(String component, @Nullable String variant) {
    for (var member : members) {
      if (member.component().equals(component) && member.variant().key().equals(variant)) {
        return member;
      }
    }
    return null;
  }
}
