/** Tests of segmentation on a real bus and a real database. */
@NullMarked
package io.marquetry.segmentation;

import org.jspecify.annotations.NullMarked;
