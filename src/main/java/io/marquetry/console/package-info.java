/**
 * Administration: operations, who may use them, the two doors to them, and the live feeds.
 *
 * <p>Every operation is served at {@code admin.<noun>.<verb>} as JSON by the one verticle, which
 * alone checks who asks and whether they may. The doors, HTTP and the event-bus bridge, only carry
 * questions there together with the token they came with.
 */
@NullMarked
package io.marquetry.console;

import org.jspecify.annotations.NullMarked;
