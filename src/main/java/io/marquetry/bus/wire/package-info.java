/**
 * Records as bytes, for when a message leaves the process.
 *
 * <p>Derived from the records alone, so that a new message needs no code here. Pure: knows neither
 * the bus nor any message.
 */
@NullMarked
package io.marquetry.bus.wire;

import org.jspecify.annotations.NullMarked;
