package io.marquetry.experimentation.core;

import io.marquetry.bus.DecisioningMessage.AllocationTable;
import java.util.List;

/**
 * One epoch of a bandit: the table published, and the evidence for it.
 *
 * @param at when it began, milliseconds since the epoch
 * @param knowledge with which the next will begin
 * @param batch what was new
 * @param alarms arms that no longer do as they did
 * @param check whether arms came as often as their lots say
 * @param cause {@code defined}, {@code changed} or {@code epoch}
 */
public record Epoch(
    AllocationTable table,
    long at,
    Knowledge knowledge,
    Evidence batch,
    List<String> alarms,
    ShareCheck check,
    String cause) {
  public Epoch {
    alarms = List.copyOf(alarms);
  }
}
