/**
 * The one public port: carries the HTTP faces of whichever components run here, health and metrics.
 * Knows no component; the faces are handed to it.
 */
@NullMarked
package io.marquetry.http;

import org.jspecify.annotations.NullMarked;
