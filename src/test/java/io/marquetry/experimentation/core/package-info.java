@NullMarked
package io.marquetry.experimentation.core;

import org.jspecify.annotations.NullMarked;
