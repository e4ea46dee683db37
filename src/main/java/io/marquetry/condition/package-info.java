/**
 * Marquetry's one condition language: closed, without scripting, for segments, rules, variant
 * eligibility and alerts.
 *
 * <p>A condition is MongoDB-style JSON over a profile view, with the meaning GrowthBook's published
 * cases give to it, plus leaves on what a visitor did ({@code $did}) and on membership ({@code
 * $inSegment}). {@link io.marquetry.condition.Condition} is the entrance: parse once, then test any
 * number of profiles from any thread.
 *
 * <p>Invariants: everything here is immutable and pure; time and counting belong to the {@link
 * io.marquetry.condition.ProfileView} that is asked. Depends on the JDK and RE2/J alone; any
 * component may use it.
 */
@NullMarked
package io.marquetry.condition;

import org.jspecify.annotations.NullMarked;
