/**
 * Thin helpers towards the outside that every component shell may use: strict settings, topology,
 * JSON at the edge, PostgreSQL pools, HTTP answers. No business, no component, no bus message.
 */
@NullMarked
package io.marquetry.platform;

import org.jspecify.annotations.NullMarked;
