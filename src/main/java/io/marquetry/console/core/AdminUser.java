package io.marquetry.console.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Somebody who can log in.
 *
 * @param passwordHash as the password code wrote it
 * @param disabled whether they cannot for now
 * @param createdAt milliseconds since the epoch
 */
public record AdminUser(
    String name, String passwordHash, Set<Role> roles, boolean disabled, long createdAt) {
  public AdminUser {
    roles = Set.copyOf(roles);
  }

  /** As the one who acts. */
  public Actor actor() {
    return new Actor(name, roles);
  }

  /** What may be shown of them. */
  public Map<String, Object> view() {
    var view = new LinkedHashMap<String, Object>();
    view.put("name", name);
    view.put("roles", actor().roleKeys());
    view.put("disabled", disabled);
    view.put("createdAt", Times.iso(createdAt));
    return view;
  }

  /** Never the hash. */
  @Override
  public String toString() {
    return "AdminUser[" + name + "]";
  }
}
