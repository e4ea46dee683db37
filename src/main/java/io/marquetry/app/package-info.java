/** Puts the server together: configuration, PostgreSQL, components in order, ordered drain. */
@NullMarked
package io.marquetry.app;

import org.jspecify.annotations.NullMarked;
