package io.marquetry.segmentation.core;

/**
 * Now, on two clocks.
 *
 * @param now milliseconds since the epoch, for what visitors did and when
 * @param monotonic milliseconds that never go back, for the lease on consent
 */
public record Moment(long now, long monotonic) {}
