/**
 * Deciding, as plain functions over plain values: the segment cache, the compiled definitions, the
 * engine that applies them, and the assignment to the control group.
 *
 * <p>Pure and single-threaded by contract: no clock, no randomness, no IO. The shell passes in what
 * is needed and owns the thread.
 */
@NullMarked
package io.marquetry.decisioning.core;

import org.jspecify.annotations.NullMarked;
