/** Tests. */
@NullMarked
package io.marquetry.app;

import org.jspecify.annotations.NullMarked;
