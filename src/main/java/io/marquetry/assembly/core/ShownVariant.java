package io.marquetry.assembly.core;

import io.marquetry.content.BoundVariant;
import io.marquetry.content.VariantHead;

/**
 * A variant ready to be shown.
 *
 * @param css rules of its style, empty where it has none
 */
public record ShownVariant(BoundVariant content, VariantHead head, String css) {}
