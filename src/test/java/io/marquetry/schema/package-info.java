@NullMarked
package io.marquetry.schema;

import org.jspecify.annotations.NullMarked;
