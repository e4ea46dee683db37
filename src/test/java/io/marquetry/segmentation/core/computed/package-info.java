/** Tests of computed attributes. */
@NullMarked
package io.marquetry.segmentation.core.computed;

import org.jspecify.annotations.NullMarked;
