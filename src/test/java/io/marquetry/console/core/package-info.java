/** Tests of the console's rules. */
@NullMarked
package io.marquetry.console.core;

import org.jspecify.annotations.NullMarked;
