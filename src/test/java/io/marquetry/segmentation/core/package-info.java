/** Tests of profiles and segments, without a bus or a clock. */
@NullMarked
package io.marquetry.segmentation.core;

import org.jspecify.annotations.NullMarked;
