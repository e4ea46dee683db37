@NullMarked
package io.marquetry.enrichment;

import org.jspecify.annotations.NullMarked;
