/** Tests of the contract between components. */
@NullMarked
package io.marquetry.bus;

import org.jspecify.annotations.NullMarked;
