/** Tests of ingest over real HTTP and on a real PostgreSQL, its neighbours faked on the bus. */
@NullMarked
package io.marquetry.ingest;

import org.jspecify.annotations.NullMarked;
