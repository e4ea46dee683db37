/** Tests of the replay of logs. */
@NullMarked
package io.marquetry.replay;

import org.jspecify.annotations.NullMarked;
