/** Tests of the console on a real bus, a real PostgreSQL and real sockets. */
@NullMarked
package io.marquetry.console;

import org.jspecify.annotations.NullMarked;
