/**
 * The contract between components: typed addresses, immutable messages, one codec and the façade
 * that is the only way onto the event bus.
 *
 * <p>Names nobody: a component may be moved, replaced or left out without a change here. Messages
 * are records that copy their collections, so that passing them by reference inside a process is
 * safe; JSON values are plain unmodifiable Java values (null, Boolean, Number, String, List, Map).
 * A golden file lists every address and shape, so that a change of contract is a visible diff.
 */
@NullMarked
package io.marquetry.bus;

import org.jspecify.annotations.NullMarked;
