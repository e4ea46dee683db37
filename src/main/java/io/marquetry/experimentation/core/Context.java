package io.marquetry.experimentation.core;

import io.marquetry.bandit.BanditSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A kind of visitor that a bandit tells apart: those in all of these segments, and in no context
 * that stands before.
 */
public record Context(List<String> segments) {
  /** Joins the segments of a key; no key of a segment has it. */
  public static final String AND = "+";

  public Context {
    segments = List.copyOf(segments);
  }

  public String key() {
    return String.join(AND, segments);
  }

  /** In the order in which they are tried; the last one fits everybody. */
  public static List<Context> of(BanditSpec spec) {
    return spec.contextual() ? crossed(spec.segments()) : firstOf(spec.segments());
  }

  private static List<Context> firstOf(List<String> segments) {
    var contexts = new ArrayList<Context>();
    segments.forEach(segment -> contexts.add(new Context(List.of(segment))));
    contexts.add(new Context(List.of()));
    return contexts;
  }

  /** Larger combinations first, so that the first that fits is the one that says all. */
  private static List<Context> crossed(List<String> segments) {
    var contexts = new ArrayList<Context>();
    for (int bits = 0; bits < 1 << segments.size(); bits++) {
      var those = new ArrayList<String>();
      for (int i = 0; i < segments.size(); i++) {
        if ((bits & 1 << i) != 0) {
          those.add(segments.get(i));
        }
      }
      contexts.add(new Context(those));
    }
    contexts.sort(
        Comparator.comparingInt((Context context) -> context.segments().size()).reversed());
    return contexts;
  }

  /** A constant, and for each of a bandit's segments whether it is one of these. */
  double[] features(List<String> all) {
    var features = new double[all.size() + 1];
    features[0] = 1;
    for (int i = 0; i < all.size(); i++) {
      features[i + 1] = segments.contains(all.get(i)) ? 1 : 0;
    }
    return features;
  }
}
