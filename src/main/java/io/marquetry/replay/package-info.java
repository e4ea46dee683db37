/**
 * Sends a recorded log as beacons through HTTP: a client of the server like any other, for trying
 * things out and for load.
 *
 * <p>Reads our own event format and a few logs of others, converted to the same events that a shop
 * would send. Message ids follow from the file alone, so replaying a log twice changes nothing.
 * Knows nothing of the server but its public interface.
 */
@NullMarked
package io.marquetry.replay;

import org.jspecify.annotations.NullMarked;
