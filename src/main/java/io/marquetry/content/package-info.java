/**
 * Component and page templates compiled to pre-encoded UTF-8 chunks with holes.
 *
 * <p>A template is compiled once when a component or page is saved, a variant is bound once when it
 * is published, and a request only hands finished arrays to a {@link io.marquetry.content.Sink}.
 * Whether a hole is text, an attribute or a URL is found from the HTML around it at compile time,
 * so no author has to remember to escape. Everything here is pure: no clock, no threads, no IO, and
 * every compiled object is immutable and may be shared between event loops.
 */
@NullMarked
package io.marquetry.content;

import org.jspecify.annotations.NullMarked;
