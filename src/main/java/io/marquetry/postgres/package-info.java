/**
 * Where the data lives: the data directory and its lock, the embedded PostgreSQL server and its
 * supervisor, the address of an outside server, and the migrations.
 *
 * <p>Everything here blocks and belongs to start and stop, before the first verticle is deployed
 * and after the last one is gone; never call it on an event loop. What prevents a start is a {@link
 * io.marquetry.postgres.StartupProblem}, whose message is the one line an operator sees.
 */
@NullMarked
package io.marquetry.postgres;

import org.jspecify.annotations.NullMarked;
