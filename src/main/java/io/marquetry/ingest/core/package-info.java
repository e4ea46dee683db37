/** The thinking of ingest: what is an event, when did it happen, and whose may be kept. Pure. */
@NullMarked
package io.marquetry.ingest.core;

import org.jspecify.annotations.NullMarked;
