/** Tests of decisioning's shell. */
@org.jspecify.annotations.NullMarked
package io.marquetry.decisioning;
