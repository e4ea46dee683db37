/**
 * What a definition must look like and what may refer to what: pure functions over plain JSON
 * values and the snapshot of what is defined.
 */
@NullMarked
package io.marquetry.catalogue.core;

import org.jspecify.annotations.NullMarked;
