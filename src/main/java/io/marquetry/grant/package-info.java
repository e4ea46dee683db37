/**
 * Consent in the data path: purposes, the consent read model, and the {@link
 * io.marquetry.grant.Grant} without which nothing about a person can be read, written or decided.
 *
 * <p>Pure and single-threaded: every component that handles personal data holds a {@code
 * ConsentView} of its own, which the consent component keeps current and which answers "denied"
 * when it cannot know.
 */
@NullMarked
package io.marquetry.grant;

import org.jspecify.annotations.NullMarked;
