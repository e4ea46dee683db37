/** What several tests lean on: databases, third-party data, processes. */
@NullMarked
package io.marquetry.testkit;

import org.jspecify.annotations.NullMarked;
