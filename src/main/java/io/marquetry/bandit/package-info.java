/**
 * What a bandit is told: pure, and shared by whoever checks a definition and whoever works by it.
 */
@NullMarked
package io.marquetry.bandit;

import org.jspecify.annotations.NullMarked;
