package io.marquetry.assembly.core;

import io.marquetry.content.PageTemplate;
import java.util.List;

/** A page definition, ready to be served. */
public sealed interface Page {
  String key();

  String site();

  /** Absolute; may end in {@code /*}. */
  String path();

  /**
   * A page of our own, compiled.
   *
   * @param components in order of first appearance
   */
  record Own(String key, String site, String path, PageTemplate template, List<String> components)
      implements Page {}

  /** Pages of an existing site. */
  record Proxied(String key, String site, String path, Origin origin) implements Page {}
}
