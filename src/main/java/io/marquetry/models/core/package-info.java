/** What models are, what they are told, what of their answers is believed, and one that learns. */
@NullMarked
package io.marquetry.models.core;

import org.jspecify.annotations.NullMarked;
