package io.marquetry.console.core;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What somebody who administrates is trusted with. */
public enum Role {
  /** Looks at definitions and at how the system is. Everybody who can log in may. */
  VIEWER,
  /** Segments, variants and rules. */
  MARKETER,
  /** Decisions, members of segments, the control group. */
  ANALYST,
  /** Sites, keys, components, pages, schemas; events as they came in. */
  ENGINEER,
  /** Profiles of persons. */
  PRIVACY,
  /** Everything, and who else may. */
  ADMIN;

  /** The name used in JSON and in the database. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether somebody with these roles may do what needs this one. */
  public boolean in(Set<Role> roles) {
    return roles.contains(this) || roles.contains(ADMIN) || (this == VIEWER && !roles.isEmpty());
  }

  /**
   * Reads names of roles.
   *
   * @throws Refused naming the one that is unknown
   */
  public static Set<Role> parse(Collection<String> names) {
    var roles = EnumSet.noneOf(Role.class);
    for (var name : names) {
      roles.add(
          Arrays.stream(values())
              .filter(role -> role.key().equals(name))
              .findFirst()
              .orElseThrow(() -> unknown(name)));
    }
    return Set.copyOf(roles);
  }

  private static Refused unknown(String name) {
    var known = Arrays.stream(values()).map(Role::key).collect(Collectors.joining(", "));
    return new Refused(
        Reason.INVALID, "roles", "there is no role " + name + "; known are " + known);
  }
}
