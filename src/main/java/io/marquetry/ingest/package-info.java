/**
 * Ingest: takes in events, makes them durable, and sees to it that they are applied.
 *
 * <p>Owns the event log, dead letters and the anonymous counts. The HTTP face parses and checks;
 * the verticle asks after consent, commits in groups, and hands what is committed to identity and
 * segmentation in the order of the log. Nobody is told "success" before the commit.
 */
@NullMarked
package io.marquetry.ingest;

import org.jspecify.annotations.NullMarked;
