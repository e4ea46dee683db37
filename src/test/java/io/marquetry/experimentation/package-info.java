@NullMarked
package io.marquetry.experimentation;

import org.jspecify.annotations.NullMarked;
