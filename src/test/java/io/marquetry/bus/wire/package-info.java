@NullMarked
package io.marquetry.bus.wire;

import org.jspecify.annotations.NullMarked;
