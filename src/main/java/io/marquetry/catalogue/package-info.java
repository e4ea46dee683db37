/**
 * The one owner of everything that people define, with its history, its keys and its audit.
 *
 * <p>A change is checked by the pure {@code core}, stored together with its audit entry, handed to
 * every component that works by definitions, and answered once they all have it. This package is
 * the shell: verticle, store, settings.
 */
@NullMarked
package io.marquetry.catalogue;

import org.jspecify.annotations.NullMarked;
