package io.marquetry.console.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every operation there is, and the role it needs: the whole of who may do what, on one page.
 *
 * <p>The doors let exactly these names through; the registry must have a handler for each, and for
 * nothing else.
 */
public final class Permissions {
  /** Name to role, in order. */
  public static final Map<String, Role> ALL = all();

  private Permissions() {}

  private static Map<String, Role> all() {
    var all = new LinkedHashMap<String, Role>();
    looking(all);
    all.put("sites.put", Role.ENGINEER);
    all.put("keys.list", Role.ENGINEER);
    all.put("keys.create", Role.ENGINEER);
    all.put("keys.revoke", Role.ENGINEER);
    all.put("components.put", Role.ENGINEER);
    all.put("components.delete", Role.ENGINEER);
    all.put("pages.put", Role.ENGINEER);
    all.put("pages.delete", Role.ENGINEER);
    all.put("templates.put", Role.ENGINEER);
    all.put("templates.delete", Role.ENGINEER);
    all.put("schemas.put", Role.ENGINEER);
    all.put("schemas.delete", Role.ENGINEER);
    all.put("models.put", Role.ENGINEER);
    all.put("models.delete", Role.ENGINEER);
    all.put("models.test", Role.ENGINEER);
    all.put("models.train", Role.ENGINEER);
    all.put("events.deadletters", Role.ENGINEER);
    all.put("events.retry", Role.ENGINEER);
    all.put("events.query", Role.ENGINEER);
    all.put("segments.put", Role.MARKETER);
    all.put("segments.delete", Role.MARKETER);
    all.put("segments.preview", Role.MARKETER);
    all.put("variants.put", Role.MARKETER);
    all.put("pages.preview", Role.MARKETER);
    all.put("variants.publish", Role.MARKETER);
    all.put("variants.rollback", Role.MARKETER);
    all.put("variants.delete", Role.MARKETER);
    all.put("rules.put", Role.MARKETER);
    all.put("rules.delete", Role.MARKETER);
    all.put("links.sign", Role.MARKETER);
    all.put("segments.members", Role.ANALYST);
    all.put("holdout.put", Role.ANALYST);
    all.put("insights.coverage", Role.ANALYST);
    all.put("insights.causes", Role.ANALYST);
    all.put("decisions.query", Role.ANALYST);
    all.put("decisions.replay", Role.ANALYST);
    all.put("policies.evaluate", Role.ANALYST);
    all.put("decisions.get", Role.ANALYST);
    all.put("decisions.explain", Role.ANALYST);
    all.put("retention.put", Role.PRIVACY);
    all.put("retention.run", Role.PRIVACY);
    all.put("profiles.get", Role.PRIVACY);
    all.put("profiles.merge", Role.PRIVACY);
    all.put("profiles.split", Role.PRIVACY);
    all.put("profiles.release", Role.PRIVACY);
    all.put("profiles.quarantined", Role.PRIVACY);
    all.put("audit.query", Role.ADMIN);
    all.put("users.list", Role.ADMIN);
    all.put("users.put", Role.ADMIN);
    all.put("users.delete", Role.ADMIN);
    return Collections.unmodifiableMap(all);
  }

  private static void looking(Map<String, Role> all) {
    all.put("sites.list", Role.VIEWER);
    all.put("segments.list", Role.VIEWER);
    all.put("segments.get", Role.VIEWER);
    all.put("conditions.test", Role.VIEWER);
    all.put("components.list", Role.VIEWER);
    all.put("components.get", Role.VIEWER);
    all.put("components.render", Role.VIEWER);
    all.put("variants.list", Role.VIEWER);
    all.put("variants.get", Role.VIEWER);
    all.put("variants.history", Role.VIEWER);
    all.put("rules.list", Role.VIEWER);
    all.put("schemas.list", Role.VIEWER);
    all.put("schemas.get", Role.VIEWER);
    all.put("pages.list", Role.VIEWER);
    all.put("pages.get", Role.VIEWER);
    all.put("templates.list", Role.VIEWER);
    all.put("templates.get", Role.VIEWER);
    all.put("holdout.get", Role.VIEWER);
    all.put("bandits.get", Role.VIEWER);
    all.put("bandits.history", Role.VIEWER);
    all.put("retention.get", Role.VIEWER);
    all.put("models.list", Role.VIEWER);
    all.put("system.status", Role.VIEWER);
    all.put("system.components", Role.VIEWER);
    all.put("system.cache", Role.VIEWER);
  }
}
