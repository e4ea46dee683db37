package io.marquetry.decisioning.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Short ways to say what a test starts from. */
public final class Given {
  private final List<Definition> definitions = new ArrayList<>();

  /** A catalogue to be filled. */
  public static Given catalogue() {
    return new Given();
  }

  /** Leave to personalize. */
  public static Grant grant() {
    var consent = new ConsentView();
    consent.setDefault("shop", Purposes.ALL);
    consent.renew(0);
    return consent
        .grant("shop", Purpose.PERSONALIZATION, List.of(new Id128(1, 1)), false, 0)
        .orElseThrow();
  }

  public static ProfileSnapshot profile(
      Id128 id, long version, List<String> segments, Map<String, Object> fields) {
    return new ProfileSnapshot(id, "shop", version, 0, segments.stream().sorted().toList(), fields);
  }

  /** A map in the order given. */
  public static Map<String, Object> json(Object... pairs) {
    var json = new LinkedHashMap<String, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      json.put((String) pairs[i], pairs[i + 1]);
    }
    return json;
  }

  /** Defines something, in the place of what had this key. */
  public Given put(Kind kind, String key, Map<String, Object> body) {
    definitions.removeIf(known -> known.kind() == kind && known.key().equals(key));
    definitions.add(new Definition(kind, key, 1, body));
    return this;
  }

  public Given component(String key, String... fallback) {
    return put(Kind.COMPONENT, key, json("key", key, "fallback", List.of(fallback)));
  }

  /** A published variant; {@code pairs} are further members of its body. */
  public Given variant(String component, String key, Object... pairs) {
    var body = json(pairs);
    body.putIfAbsent("status", "published");
    return put(Kind.VARIANT, component + "/" + key, body);
  }

  public Given show(
      String rule, String component, int priority, Map<String, Object> when, String variant) {
    return rule(rule, component, priority, when, Map.of("show", variant));
  }

  public Given rule(
      String rule,
      String component,
      int priority,
      Map<String, Object> when,
      Map<String, Object> then) {
    return put(
        Kind.RULE,
        rule,
        json(
            "key",
            rule,
            "component",
            component,
            "priority",
            priority,
            "when",
            when,
            "then",
            then,
            "enabled",
            true));
  }

  public Given segment(String key, String name) {
    return put(Kind.SEGMENT, key, json("key", key, "name", name, "condition", Map.of()));
  }

  public Catalogue build() {
    return build(1);
  }

  public Catalogue build(long revision) {
    return new Catalogue("v" + revision, revision, definitions, List.of());
  }

  public DecisionPlan plan() {
    return DecisionPlan.of(build());
  }
}
