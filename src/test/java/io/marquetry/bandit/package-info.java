@NullMarked
package io.marquetry.bandit;

import org.jspecify.annotations.NullMarked;
