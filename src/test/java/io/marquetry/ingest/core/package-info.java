/** Tests of the thinking of ingest. */
@NullMarked
package io.marquetry.ingest.core;

import org.jspecify.annotations.NullMarked;
