package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.Condition;
import io.marquetry.condition.Explained;
import io.marquetry.condition.ProfileView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A condition and the words for how it came out.
 *
 * <p>Design note: finding the words for one visitor means walking the condition again and building
 * texts, which takes longer than deciding. Where they are the same for everybody (a conjunction
 * that holds, a single test that does not) they are made once, when the plan is.
 */
final class Requirement {
  private final Condition condition;
  private final Map<String, String> segmentNames;
  private final String words;
  private final boolean sameWhenHeld;
  private final boolean sameWhenNot;

  /**
   * @param segmentNames what people call a segment, by key
   * @throws io.marquetry.condition.MalformedConditionException naming the path of the fault
   */
  Requirement(Object json, Map<String, String> segmentNames) {
    this.condition = Condition.parse(json);
    this.segmentNames = segmentNames;
    this.words = condition.describe();
    this.sameWhenHeld = !words.contains(" or ");
    this.sameWhenNot = sameWhenHeld && !words.contains(" and ");
  }

  boolean holds(ProfileView view) {
    return condition.test(view);
  }

  /** Whether {@link #whyHeld} and {@link #segments} are the same whoever it holds for. */
  boolean sameForAll() {
    return sameWhenHeld && (condition.segments().isEmpty() || !words.contains(" not "));
  }

  /** Why it holds. */
  String whyHeld(ProfileView view) {
    return sameWhenHeld ? words : leaves(view);
  }

  /** Whether {@link #whyNot} is the same whoever it does not hold for. */
  boolean sameWhenNot() {
    return sameWhenNot;
  }

  /** The whole condition in words. */
  String words() {
    return words;
  }

  /** What is missing. */
  String whyNot(ProfileView view) {
    return sameWhenNot ? words : leaves(view);
  }

  private String leaves(ProfileView view) {
    return condition.explain(view).leaves().stream()
        .map(Explained.Leaf::text)
        .collect(Collectors.joining(" and "));
  }

  /** The segments it names that the visitor is in. */
  List<Reason> segments(ProfileView view) {
    var found = new ArrayList<Reason>();
    for (var key : condition.segments()) {
      if (view.inSegment(key)) {
        var name = segmentNames.getOrDefault(key, key);
        found.add(new Reason("segment", key, "the visitor is in segment “" + name + "”"));
      }
    }
    return found;
  }
}
