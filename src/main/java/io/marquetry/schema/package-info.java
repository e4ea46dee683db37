/**
 * JSON Schema over plain values: what the catalogue accepts as a definition of an event, and what
 * ingest holds events against. No input or output; patterns run in linear time, nothing is fetched.
 */
@NullMarked
package io.marquetry.schema;

import org.jspecify.annotations.NullMarked;
