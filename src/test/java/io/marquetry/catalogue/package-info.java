/** Tests of the catalogue on a real bus and a real PostgreSQL. */
@NullMarked
package io.marquetry.catalogue;

import org.jspecify.annotations.NullMarked;
