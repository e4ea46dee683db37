/**
 * Read models that a component keeps current from the bus: what is defined, and what visitors
 * consented to. Each instance of a component has its own; nothing is shared.
 */
@NullMarked
package io.marquetry.follow;

import org.jspecify.annotations.NullMarked;
