/**
 * What visitors, owners and operators see of the whole: every test here speaks to a real server in
 * a process of its own, over its ports, with signals, and by looking into its database.
 */
@NullMarked
package io.marquetry.flow;

import org.jspecify.annotations.NullMarked;
