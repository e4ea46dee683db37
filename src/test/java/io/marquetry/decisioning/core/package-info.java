/** Tests of decisioning's core. */
@org.jspecify.annotations.NullMarked
package io.marquetry.decisioning.core;
