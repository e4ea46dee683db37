/** Small pure building blocks that every component may use; depends on the JDK alone. */
@NullMarked
package io.marquetry.kit;

import org.jspecify.annotations.NullMarked;
