package io.marquetry.bench;

import io.marquetry.bench.Order.Result;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Drives the streams of one order with one thread.
 *
 * <p>Between two requests of an open stream it spins: a sleeping thread wakes too late by more than
 * what is to be measured. It has a core of its own.
 */
final class LoadLoop {
  private static final long LATEST_ANSWER = TimeUnit.SECONDS.toNanos(10);
  private static final long SPIN = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int LONGEST_WAIT_MILLIS = 50;

  private final List<Flow> flows;
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(256 * 1024);

  private LoadLoop(List<Flow> flows) {
    this.flows = flows;
  }

  /** Does what is ordered; takes as long as that plus at most ten seconds. */
  static Result run(Order order) throws IOException {
    return new LoadLoop(order.streams().stream().map(Flow::of).toList()).drive(order);
  }

  private Result drive(Order order) throws IOException {
    try (var selector = Selector.open()) {
      for (var flow : flows) {
        flow.connect(selector, order.port(), incoming);
      }
      long now = System.nanoTime();
      long end = now + (long) (order.seconds() * 1e9);
      for (var flow : flows) {
        flow.begin(now, end);
      }
      loop(selector, end + LATEST_ANSWER);
      for (var key : selector.keys()) {
        ((Connection) key.attachment()).close();
      }
      return new Result(flows.stream().map(Flow::outcome).toList());
    }
  }

  private void loop(Selector selector, long deadline) throws IOException {
    while (true) {
      long now = System.nanoTime();
      long due = now + TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS);
      for (var flow : flows) {
        due = Math.min(due, flow.tick(now));
      }
      if (flows.stream().allMatch(Flow::finished) || now > deadline) {
        return;
      }
      select(selector, due - now);
    }
  }

  private static void select(Selector selector, long nanos) throws IOException {
    if (nanos < SPIN) {
      selector.selectNow(LoadLoop::ready);
    } else {
      selector.select(LoadLoop::ready, nanos / 1_000_000);
    }
  }

  private static void ready(SelectionKey key) {
    var connection = (Connection) key.attachment();
    try {
      if (key.isWritable()) {
        connection.write();
      }
      if (key.isReadable() && connection.read()) {
        connection.flow().answered(connection, System.nanoTime());
      }
    } catch (IOException | Answer.Garbled e) {
      connection.flow().broken(connection, String.valueOf(e.getMessage()));
    }
  }
}
