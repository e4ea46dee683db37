/**
 * Segmentation: one owner for every profile, who applies events to it, keeps its segment
 * memberships right as events arrive and as time passes, and writes it behind to PostgreSQL.
 *
 * <p>The shell wires {@link io.marquetry.segmentation.SegmentationVerticle} to the bus, the
 * database and the clock; everything that decides anything is in {@code core}.
 */
@NullMarked
package io.marquetry.segmentation;

import org.jspecify.annotations.NullMarked;
