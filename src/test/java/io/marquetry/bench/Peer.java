package io.marquetry.bench;

import java.util.List;
import java.util.function.Function;

/**
 * Another product that is a server of its own, for as long as a row is held against it: on the core
 * of ours, on loopback, asked for the same by the same load.
 *
 * @param name what it is, with its version
 * @param target the requests that it answers
 * @param processes what it consists of, in the order in which it is ended
 */
record Peer(String name, Target target, List<Child> processes) implements AutoCloseable {
  Peer {
    processes = List.copyOf(processes);
  }

  /**
   * Holds a row against a peer, ours and the peer's requests in turns. Where it is not to be had
   * the row says so.
   *
   * @param ours requests to our server, which is warm
   * @param most how much of the peer's CPU time ours may take
   */
  static Row beside(Row row, Rig rig, Target ours, Function<Rig, Peer> start, double most) {
    try (var peer = start.apply(rig)) {
      peer.target.warmUp(rig.plan().warmUp());
      var pair = Target.repeated(rig.plan(), ours, peer.target);
      row.peer(peer.name, Row.text("%.1f us CPU", Sample.best(pair.ceiling())), pair.ratio(), most)
          .foreign(pair.foreign());
      return pair.fault().isEmpty() ? row : row.failed(pair.fault());
    } catch (NotInstalled e) {
      return row.peerless(e);
    } catch (IllegalStateException e) {
      return row.failed(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    processes.forEach(Child::close);
  }
}
