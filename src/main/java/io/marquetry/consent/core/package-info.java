/** The consent ledger and the receipts that prove it; pure and single-threaded. */
@NullMarked
package io.marquetry.consent.core;

import org.jspecify.annotations.NullMarked;
