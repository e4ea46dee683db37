package io.marquetry.console.core;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Who does something, and what they are trusted with. */
public record Actor(String name, Set<Role> roles) {
  public Actor {
    roles = Set.copyOf(roles);
  }

  /** Whether they may do what needs this role. */
  public boolean may(Role role) {
    return role.in(roles);
  }

  /** Names of the roles, in their order. */
  public List<String> roleKeys() {
    return roles.isEmpty() ? List.of() : EnumSet.copyOf(roles).stream().map(Role::key).toList();
  }
}
