/**
 * Who is who: which devices and users are one visitor, and which profile is theirs.
 *
 * <p>Owns {@code identity.*} and the table {@code identity_link}. One instance; all answers come
 * from memory, what is learnt is written behind together with the position in the log up to which
 * it is complete. Nobody gets a profile from here without a grant.
 */
@NullMarked
package io.marquetry.identity;

import org.jspecify.annotations.NullMarked;
