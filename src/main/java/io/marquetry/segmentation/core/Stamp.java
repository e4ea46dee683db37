package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;

/**
 * When an event happened, and which one it was: a total order over a visitor's events that does not
 * depend on their order of arrival.
 *
 * @param at milliseconds since the epoch
 * @param message breaks the tie between events of one millisecond
 */
record Stamp(long at, Id128 message) implements Comparable<Stamp> {
  @Override
  public int compareTo(Stamp other) {
    int byTime = Long.compare(at, other.at);
    return byTime != 0 ? byTime : message.compareTo(other.message);
  }
}
