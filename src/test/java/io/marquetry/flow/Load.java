package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.Beacon;
import io.marquetry.testkit.RunningServer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Senders that behave as SDKs do: a beacon goes out again, with the same message ids, until it is
 * answered by 200 or 400. What was sent and what was acknowledged is written down.
 */
final class Load implements AutoCloseable {
  /** What is counted per visitor. */
  static final String ADDED = "Product Added";

  private static final int SENDERS = 4;
  private static final int DEVICES = 12;
  private static final int MAX_BATCH = 8;
  private static final long PAUSE_NANOS = 2_000_000;

  private final RunningServer server;
  private final Set<String> sent = ConcurrentHashMap.newKeySet();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<Integer> statuses = ConcurrentHashMap.newKeySet();
  private final AtomicInteger withoutRetryAfter = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Thread> senders = new ArrayList<>();

  Load(RunningServer server, long seed) {
    this.server = server;
    for (int i = 0; i < SENDERS; i++) {
      int sender = i;
      senders.add(
          Thread.ofPlatform()
              .name("load-" + i)
              .daemon()
              .start(() -> run(sender, new Random(seed + sender))));
    }
  }

  private void run(int sender, Random random) {
    while (!over.get()) {
      var batch = new Beacon[1 + random.nextInt(MAX_BATCH)];
      for (int i = 0; i < batch.length; i++) {
        batch[i] = event(sender, random);
        sent.add(batch[i].messageId());
      }
      deliver(batch);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Each device belongs to one user for good, and each user has a device with every sender. */
  private static Beacon event(int sender, Random random) {
    int number = random.nextInt(DEVICES);
    var device = "device-" + sender + "-" + number;
    var beacon =
        switch (random.nextInt(10)) {
          case 0 -> identify("user-" + number, Map.of("n", random.nextInt(100)));
          case 1, 2, 3 -> track(ADDED, Map.of("productId", "p" + random.nextInt(5)));
          default -> page("/products");
        };
    return beacon.by(device);
  }

  private void deliver(Beacon... batch) {
    while (!over.get()) {
      try {
        var answer = server.post("/v1/batch", Beacon.batch(RunningServer.DEMO, batch));
        note(answer);
        if (answer.status() == 200) {
          for (var beacon : batch) {
            acknowledged.add(beacon.messageId());
          }
          return;
        }
      } catch (UncheckedIOException down) {
        // Not acknowledged: it goes out again.
      }
      LockSupport.parkNanos(10 * PAUSE_NANOS);
    }
  }

  private void note(Answer answer) {
    statuses.add(answer.status());
    if (answer.status() != 200 && answer.header("Retry-After").isEmpty()) {
      withoutRetryAfter.incrementAndGet();
    }
  }

  int acknowledgedCount() {
    return acknowledged.size();
  }

  /** Every status that came back. */
  Set<Integer> statuses() {
    return statuses;
  }

  /** How many answers other than 200 did not say when to come again. */
  int withoutRetryAfter() {
    return withoutRetryAfter.get();
  }

  Set<String> sent() {
    return sent;
  }

  Set<String> acknowledged() {
    return acknowledged;
  }

  @Override
  public void close() {
    finish();
  }

  /** Ends the senders; what they had not got acknowledged by then stays so. */
  void finish() {
    over.set(true);
    for (var sender : senders) {
      try {
        sender.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
