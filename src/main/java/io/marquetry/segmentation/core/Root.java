package io.marquetry.segmentation.core;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The families of profile fields, by the first step of their path. */
enum Root {
  TRAITS("traits"),
  ATTRIBUTES("attributes"),
  SESSION("session"),
  DEVICE("device"),
  GEO("geo"),
  CAMPAIGN("campaign"),
  CONTEXT("context"),
  /** Fields of a single step: {@code visits}, {@code isReturning}, {@code firstSeen} … */
  SELF("");

  private static final Map<String, Root> BY_KEY = new HashMap<>();

  static {
    for (var root : values()) {
      BY_KEY.put(root.key, root);
    }
  }

  private final String key;

  Root(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }

  static Root of(@Nullable String firstStep) {
    var root = BY_KEY.get(firstStep);
    return root == null ? SELF : root;
  }
}
