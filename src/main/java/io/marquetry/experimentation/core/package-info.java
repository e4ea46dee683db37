/**
 * The arithmetic of learning from what was shown: beliefs about arms, how visitors are divided by
 * them, and what another way of dividing would have brought. Pure: time and chance come in.
 */
@NullMarked
package io.marquetry.experimentation.core;

import org.jspecify.annotations.NullMarked;
