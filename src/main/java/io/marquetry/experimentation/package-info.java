/**
 * Experimentation: keeps who was shown what by chance, finds what came of it in the event log, and
 * divides visitors anew every epoch, with a record of each shift.
 *
 * <p>The shell wires {@link io.marquetry.experimentation.ExperimentationVerticle} to the bus and
 * the database; the arithmetic is in {@code core}.
 */
@NullMarked
package io.marquetry.experimentation;

import org.jspecify.annotations.NullMarked;
