/**
 * The simulator: the stages as they are, on virtual time, with a bus and stores that fail.
 *
 * <p>Everything that happens in a run follows from its seed. A run has visitors do things, loses
 * and repeats messages, cuts off stores and kills the process; then it heals everything, lets it
 * come to rest, and compares what the stages hold with what the log says.
 */
@NullMarked
package io.marquetry.sim;

import org.jspecify.annotations.NullMarked;
