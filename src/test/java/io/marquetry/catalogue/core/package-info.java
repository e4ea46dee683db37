/** Tests of the catalogue's rules. */
@NullMarked
package io.marquetry.catalogue.core;

import org.jspecify.annotations.NullMarked;
