package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One variant of a component, compiled: whether it may be shown, to whom, and what is said when it
 * may not.
 */
final class Variant {
  private final String key;
  private final boolean published;
  private final Schedule schedule;
  private final @Nullable Requirement when;
  private final List<Need> needs;
  private final List<FieldPath> live;
  private final Reason draft;
  private final Reason outsideSchedule;
  private final @Nullable Reason unfit;
  private final @Nullable Reason fit;
  private final Reason firstOfChain;
  private final Reason firstOfOrder;
  private final int number;

  /** A field without which the variant makes no sense. */
  private record Need(FieldPath field, Reason missing) {}

  /**
   * Reads the body of {@code variants.put}.
   *
   * @param number which of its component's variants it is, from 0
   * @param key without the component
   * @throws IllegalArgumentException naming what is wrong
   * @throws io.marquetry.condition.MalformedConditionException naming the path of the fault
   */
  Variant(int number, String key, Map<String, Object> body, Map<String, String> segmentNames) {
    this.number = number;
    this.key = key;
    this.published = "published".equals(body.get("status"));
    this.schedule = Schedule.parse(body.get("schedule"));
    var condition = body.get("when");
    this.when = condition == null ? null : new Requirement(condition, segmentNames);
    this.needs = needs(key, body.get("requires"));
    var paths = new LinkedHashSet<String>();
    collectLive(body.get("content"), paths);
    this.live = paths.stream().map(FieldPath::of).toList();
    this.draft = skipped(key, "is not published");
    this.outsideSchedule = skipped(key, "is outside its schedule");
    this.unfit = when != null && when.sameWhenNot() ? unfit(when.words()) : null;
    this.fit = when != null && when.sameWhenHeld() ? fit(when.words()) : null;
    this.firstOfChain =
        new Reason("fallback", key, "“" + key + "” is the first of the fallback chain that fits");
    this.firstOfOrder =
        new Reason("strategy", key, "“" + key + "” is the first of its order that fits");
  }

  private Reason unfit(String missing) {
    return skipped(key, "is not for this visitor; missing: " + missing);
  }

  private Reason fit(String why) {
    return new Reason("condition", key, "“" + key + "” is for: " + why);
  }

  static Reason skipped(String key, String why) {
    return new Reason("skipped", key, "“" + key + "” " + why);
  }

  private static List<Need> needs(String key, @Nullable Object requires) {
    var needs = new ArrayList<Need>();
    for (var path : Bodies.texts("requires", requires)) {
      needs.add(new Need(FieldPath.of(path), skipped(key, "needs " + path + ", which is unknown")));
    }
    return List.copyOf(needs);
  }

  /** Finds every {@code {"$from": path}} in content. */
  private static void collectLive(@Nullable Object content, Set<String> into) {
    if (content instanceof Map<?, ?> map) {
      if (map.get("$from") instanceof String path) {
        into.add(path);
      } else {
        map.values().forEach(value -> collectLive(value, into));
      }
    } else if (content instanceof List<?> list) {
      list.forEach(value -> collectLive(value, into));
    }
  }

  String key() {
    return key;
  }

  /** Which of its component's variants it is. */
  int number() {
    return number;
  }

  /** Fields of the visitor that its content shows. */
  List<FieldPath> live() {
    return live;
  }

  /** Whether it may be shown to everybody now. */
  boolean isBaseline(long now) {
    return published && when == null && needs.isEmpty() && schedule.contains(now);
  }

  /**
   * Notes why it may be shown, and then why it is.
   *
   * @param why made once for all visitors
   */
  Trace explain(ProfileView view, Trace trace, Reason why) {
    var told = trace;
    if (when != null) {
      told = fit != null ? told.then(fit) : told.aside(fit(when.whyHeld(view)));
      told = when.tellSegments(told, view);
    }
    return told.then(why);
  }

  /** Why it is shown where it is the first of the fallback chain. */
  Reason firstOfChain() {
    return firstOfChain;
  }

  /** Why it is shown where it is the first of a strategy's own order. */
  Reason firstOfOrder() {
    return firstOfOrder;
  }

  /** All that may stand in its way, as far as it is the same for everybody. */
  List<Reason> obstacles() {
    var obstacles = new ArrayList<Reason>();
    obstacles.add(draft);
    obstacles.add(outsideSchedule);
    needs.forEach(need -> obstacles.add(need.missing()));
    if (unfit != null) {
      obstacles.add(unfit);
    }
    return obstacles;
  }

  /** Whether an obstacle is the same object for everybody. */
  @SuppressWarnings("ReferenceEquality")
  boolean isShared(Reason obstacle) {
    if (obstacle == unfit || obstacle == draft || obstacle == outsideSchedule) {
      return true;
    }
    for (int i = 0; i < needs.size(); i++) {
      if (needs.get(i).missing() == obstacle) {
        return true;
      }
    }
    return false;
  }

  /** What stands in the way of showing it to this visitor now; null where nothing does. */
  @Nullable Reason obstacle(ProfileView view, long now) {
    if (!published) {
      return draft;
    }
    if (!schedule.contains(now)) {
      return outsideSchedule;
    }
    for (int i = 0; i < needs.size(); i++) {
      if (!isKnown(view.field(needs.get(i).field()))) {
        return needs.get(i).missing();
      }
    }
    if (when == null || when.holds(view)) {
      return null;
    }
    return unfit != null ? unfit : unfit(when.whyNot(view));
  }

  /** An empty list or text says as little as none at all: there would be nothing to show. */
  private static boolean isKnown(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case String text -> !text.isBlank();
      case Collection<?> list -> !list.isEmpty();
      default -> true;
    };
  }
}
