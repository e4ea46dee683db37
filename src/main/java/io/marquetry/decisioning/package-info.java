/**
 * Decides what every component of a page shows, logs why, and answers for both.
 *
 * <p>Serves {@code decisioning.qry.decide.<owner>} and, by its first instance, {@code
 * decisioning.qry.log}; publishes {@code decisioning.evt.decided}; answers {@code POST /v1/decide}.
 * Each instance owns the visitors of its shards and decides from memory alone: its read model of
 * segments, its copy of consent, its compiled definitions. Without segmentation it decides by the
 * request; without word on consent likewise; without its log it decides and counts what the log
 * missed.
 */
@NullMarked
package io.marquetry.decisioning;

import org.jspecify.annotations.NullMarked;
