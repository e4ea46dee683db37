package io.marquetry.condition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Says a behaviour in plain words. */
final class BehaviourWords {
  private BehaviourWords() {}

  static String of(Behaviour behaviour, boolean negated) {
    return switch (behaviour) {
      case Behaviour.Did did -> did(did, negated);
    };
  }

  private static String did(Behaviour.Did did, boolean negated) {
    String where = did.where() == null ? "" : " where " + did.where().describe();
    String often = often(did.count(), negated);
    String what = act(did.event()) + where;
    String told = often.equals("never") ? "never " + what : what + " " + often;
    return told + within(did.window());
  }

  private static String act(String event) {
    return switch (event) {
      case "page", "screen" -> "viewed " + event;
      case "identify" -> "identified";
      default -> "did " + event;
    };
  }

  private static String often(Count count, boolean negated) {
    return count.bounds().stream()
        .map(
            bound -> bound(negated ? bound.relation().opposite() : bound.relation(), bound.value()))
        .collect(Collectors.joining(negated ? " or " : " and "));
  }

  private static String bound(Relation relation, long value) {
    return switch (relation) {
      case EQ -> value == 0 ? "never" : "exactly " + times(value);
      case NE -> value == 0 ? "at least once" : "not exactly " + times(value);
      case LT -> value == 1 ? "never" : "fewer than " + times(value);
      case LTE -> value == 0 ? "never" : "at most " + times(value);
      case GT -> value == 0 ? "at least once" : "more than " + times(value);
      case GTE -> "at least " + times(value);
    };
  }

  private static String times(long value) {
    return value == 1 ? "once" : value + " times";
  }

  private static String within(Window window) {
    return switch (window) {
      case Window.Session _ -> " in this session";
      case Window.Ever _ -> "";
      case Window.Sliding(Duration length) -> " in the last " + length(length);
    };
  }

  private static String length(Duration length) {
    List<String> parts = new ArrayList<>();
    part(parts, length.toDaysPart(), "day");
    part(parts, length.toHoursPart(), "hour");
    part(parts, length.toMinutesPart(), "minute");
    part(parts, length.toSecondsPart(), "second");
    part(parts, length.toMillisPart(), "millisecond");
    return parts.isEmpty() ? length.toString() : String.join(" ", parts);
  }

  private static void part(List<String> parts, long amount, String unit) {
    if (amount != 0) {
      parts.add(amount == 1 ? "1 " + unit : amount + " " + unit + "s");
    }
  }
}
