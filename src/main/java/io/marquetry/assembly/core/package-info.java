/** The thinking of assembly: which page, which chunks, in which order. Pure. */
@NullMarked
package io.marquetry.assembly.core;

import org.jspecify.annotations.NullMarked;
