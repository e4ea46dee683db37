/**
 * Profiles, what is counted about them, and the segments they are in: plain single-threaded Java
 * that is told the time.
 *
 * <p>The state of a profile is a fold over its events that comes out the same in whatever order
 * they arrive: counters, least and greatest, latest value by (time, message), the latest few of
 * something. What time alone can change is never stored as an answer without the moment at which to
 * look again.
 */
@NullMarked
package io.marquetry.segmentation.core;

import org.jspecify.annotations.NullMarked;
