package io.marquetry.assembly.core;

import io.marquetry.content.PageTemplate;
import java.util.List;

/**
 * A page definition, compiled.
 *
 * @param path absolute; may end in {@code /*}
 * @param components in order of first appearance
 */
public record Page(
    String key, String site, String path, PageTemplate template, List<String> components) {}
