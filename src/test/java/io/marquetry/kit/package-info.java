/** Tests. */
@NullMarked
package io.marquetry.kit;

import org.jspecify.annotations.NullMarked;
