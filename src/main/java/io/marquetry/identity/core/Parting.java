package io.marquetry.identity.core;

import io.marquetry.kit.Id128;
import java.util.Set;

/**
 * A profile that was parted in two.
 *
 * @param position of the order in the log
 * @param whole the profile that went on
 * @param part the one that was split off
 * @param nodes what went with the part, as nodes of the tree
 * @param edge the connection that was taken back
 */
public record Parting(
    long position, long at, String site, Id128 whole, Id128 part, Set<Id128> nodes, Edge edge) {
  public Parting {
    nodes = Set.copyOf(nodes);
  }
}
