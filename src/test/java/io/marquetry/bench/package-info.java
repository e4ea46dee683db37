/**
 * The benchmark suite behind {@code scripts/bench}. {@link io.marquetry.bench.Bench} runs it: the
 * server as users start it, ceilings of our own ({@link io.marquetry.bench.BareServer}), a load
 * generator ({@link io.marquetry.bench.Load}), and JMH benchmarks.
 */
@NullMarked
package io.marquetry.bench;

import org.jspecify.annotations.NullMarked;
