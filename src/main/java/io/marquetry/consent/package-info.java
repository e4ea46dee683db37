/**
 * What visitors allow: takes their choices, keeps every change as a receipt, and has every
 * component that runs confirm before it says so.
 *
 * <p>Owns {@code consent.*}, the table {@code consent_record} and the paths {@code /v1/consent} and
 * {@code /.well-known/gpc.json}. One instance; answers come from memory. Components hold copies,
 * which deny everything when this component is not heard of.
 */
@NullMarked
package io.marquetry.consent;

import org.jspecify.annotations.NullMarked;
