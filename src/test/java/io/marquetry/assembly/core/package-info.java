/** Tests. */
@NullMarked
package io.marquetry.assembly.core;

import org.jspecify.annotations.NullMarked;
