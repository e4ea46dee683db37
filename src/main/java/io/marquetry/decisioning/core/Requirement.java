package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.condition.Condition;
import io.marquetry.condition.Explained;
import io.marquetry.condition.ProfileView;
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
  private final String[] segmentKeys;
  private final Reason[] segmentReasons;
  private final String words;
  private final boolean sameWhenHeld;
  private final boolean sameWhenNot;
  private final boolean inEverySegment;

  /**
   * @param segmentNames what people call a segment, by key
   * @throws io.marquetry.condition.MalformedConditionException naming the path of the fault
   */
  Requirement(Object json, Map<String, String> segmentNames) {
    condition = Condition.parse(json);
    words = condition.describe();
    sameWhenHeld = !words.contains(" or ");
    sameWhenNot = sameWhenHeld && !words.contains(" and ");
    inEverySegment = sameWhenHeld && !words.contains(" not ");
    segmentKeys = condition.segments().toArray(String[]::new);
    segmentReasons = new Reason[segmentKeys.length];
    for (int i = 0; i < segmentKeys.length; i++) {
      var name = segmentNames.getOrDefault(segmentKeys[i], segmentKeys[i]);
      segmentReasons[i] =
          new Reason("segment", segmentKeys[i], "the visitor is in segment “" + name + "”");
    }
  }

  boolean holds(ProfileView view) {
    return condition.test(view);
  }

  /** Whether {@link #whyHeld} is the same whoever it holds for. */
  boolean sameWhenHeld() {
    return sameWhenHeld;
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

  /** Notes the segments it names that the visitor is in. */
  Trace tellSegments(Trace trace, ProfileView view) {
    var told = trace;
    for (int i = 0; i < segmentKeys.length; i++) {
      if (inEverySegment || view.inSegment(segmentKeys[i])) {
        told = told.then(segmentReasons[i]);
      }
    }
    return told;
  }
}
