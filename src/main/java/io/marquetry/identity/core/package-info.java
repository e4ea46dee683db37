/** The identity graph and the rule by which events change it; pure and single-threaded. */
@NullMarked
package io.marquetry.identity.core;

import org.jspecify.annotations.NullMarked;
