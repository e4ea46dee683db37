/**
 * Assembly: pages leave the server whole.
 *
 * <p>The HTTP face matches a page, asks once whose it is and once for all its slots, and joins
 * pre-encoded chunks. Whatever fails on the way, every slot shows something: in the end the markup
 * that stands in the page.
 */
@NullMarked
package io.marquetry.assembly;

import org.jspecify.annotations.NullMarked;
