/**
 * What can be told of a visit beyond what it says itself: the device, the road it came by, the
 * campaign, what kind of page it is on.
 *
 * <p>The one place for it: ingest adds it to events, and decisions are made by the same of the
 * request at hand. Pure; each instance belongs to one event loop, remembers a bounded number of
 * answers and counts what it does.
 */
@NullMarked
package io.marquetry.enrichment;

import org.jspecify.annotations.NullMarked;
