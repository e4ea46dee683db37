/**
 * Who may do what, how long a login lasts, how much a feed carries, and how answers look: pure
 * functions and plain state, with time as a parameter.
 */
@NullMarked
package io.marquetry.console.core;

import org.jspecify.annotations.NullMarked;
