package io.marquetry.condition;

import io.marquetry.condition.Behaviour.Ago;
import io.marquetry.condition.Behaviour.Did;
import io.marquetry.condition.Behaviour.Edge;
import io.marquetry.condition.Behaviour.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Says a behaviour in plain words. */
final class BehaviourWords {
  private BehaviourWords() {}

  static String of(Behaviour behaviour, boolean negated) {
    return switch (behaviour) {
      case Did did -> did(did, negated);
      case Ago ago -> ago(ago, negated);
      case Sequence sequence -> negated ? "not (" + steps(sequence) + ")" : steps(sequence);
    };
  }

  private static String did(Did did, boolean negated) {
    String what = act(did.what());
    String told =
        switch (did.measure()) {
          case Count count -> {
            String often = often(count, negated);
            yield often.equals("never") ? "never " + what : what + " " + often;
          }
          case Sum sum ->
              what + " with " + name(sum.property()) + " adding up to " + sum(sum, negated);
          case Distinct distinct ->
              what + " with " + kinds(distinct.is(), negated) + " of " + name(distinct.property());
        };
    return told + within(did.window());
  }

  private static String act(Happening what) {
    String act =
        switch (what.event()) {
          case "page", "screen" -> "viewed " + what.event();
          case "identify" -> "identified";
          default -> "did " + what.event();
        };
    return what.where() == null ? act : act + " where " + what.where().describe();
  }

  /** Mostly the property's own name says enough. */
  private static String name(FieldPath property) {
    String path = property.toString();
    return path.startsWith("properties.") ? path.substring("properties.".length()) : path;
  }

  private static Relation turned(Relation relation, boolean negated) {
    return negated ? relation.opposite() : relation;
  }

  private static String often(Count count, boolean negated) {
    return count.bounds().stream()
        .map(bound -> bound(turned(bound.relation(), negated), bound.value()))
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

  private static String sum(Sum sum, boolean negated) {
    return sum.bounds().stream()
        .map(bound -> amount(turned(bound.relation(), negated)) + Sum.text(bound.millionths()))
        .collect(Collectors.joining(negated ? " or " : " and "));
  }

  private static String kinds(Count count, boolean negated) {
    return count.bounds().stream()
            .map(bound -> amount(turned(bound.relation(), negated)) + bound.value())
            .collect(Collectors.joining(negated ? " or " : " and "))
        + " different values";
  }

  private static String amount(Relation relation) {
    return switch (relation) {
      case EQ -> "exactly ";
      case NE -> "not exactly ";
      case LT -> "less than ";
      case LTE -> "at most ";
      case GT -> "more than ";
      case GTE -> "at least ";
    };
  }

  private static String ago(Ago ago, boolean negated) {
    String edge = ago.edge() == Edge.FIRST ? "first " : "last ";
    String when =
        ago.age().bounds().stream()
            .map(
                bound ->
                    amount(turned(bound.relation(), negated)) + length(bound.length()) + " ago")
            .collect(Collectors.joining(negated ? " or " : " and "));
    String told = edge + act(ago.what()) + " " + when;
    return negated ? "never " + act(ago.what()) + " or " + told : told;
  }

  private static String steps(Sequence sequence) {
    String told =
        sequence.steps().stream().map(BehaviourWords::act).collect(Collectors.joining(", then "));
    if (sequence.within() != null) {
      told += " within " + length(sequence.within());
    }
    var then = sequence.then();
    return then == null
        ? told
        : told + ", and since then never " + act(then.not()) + " for " + length(then.lasting());
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
