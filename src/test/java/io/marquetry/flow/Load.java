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
 * answered by 200, or by 400 or 413 for good. What was sent and what was acknowledged is written
 * down.
 */
final class Load implements AutoCloseable {
  /** What is counted per visitor. */
  static final String ADDED = "Product Added";

  private static final int SENDERS = 4;
  private static final int DEVICES = 12;
  private static final int MAX_BATCH = 8;
  private static final long PAUSE_NANOS = 2_000_000;

  private static final Set<Integer> FINAL = Set.of(200, 400, 413);

  /** The device, and its user, that a hot profile's events are of. */
  static final String HOT = "device-hot";

  private final RunningServer server;
  private final Mix mix;
  private final Set<String> sent = ConcurrentHashMap.newKeySet();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<Integer> statuses = ConcurrentHashMap.newKeySet();
  private final AtomicInteger withoutRetryAfter = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Thread> senders = new ArrayList<>();

  /**
   * What is sent besides the ordinary.
   *
   * @param poison share of events that are none
   * @param hot share of events that are one visitor's
   */
  record Mix(double poison, double hot) {
    static final Mix PLAIN = new Mix(0, 0);
  }

  Load(RunningServer server, long seed) {
    this(server, seed, Mix.PLAIN);
  }

  Load(RunningServer server, long seed, Mix mix) {
    this.server = server;
    this.mix = mix;
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
        batch[i] = random.nextDouble() < mix.poison() ? poison(random) : event(sender, random);
        sent.add(batch[i].messageId());
      }
      deliver(batch);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Each device belongs to one user for good, and each user has a device with every sender. */
  private Beacon event(int sender, Random random) {
    boolean hot = random.nextDouble() < mix.hot();
    int number = random.nextInt(DEVICES);
    var device = hot ? HOT : "device-" + sender + "-" + number;
    var user = hot ? "user-hot" : "user-" + number;
    var beacon =
        switch (random.nextInt(10)) {
          case 0 -> identify(user, Map.of("n", random.nextInt(100)));
          case 1, 2, 3 -> track(ADDED, Map.of("productId", "p" + random.nextInt(5)));
          default -> page("/products");
        };
    return beacon.by(device);
  }

  /** Each is turned down for another reason, or odd enough to find a weak place. */
  private static Beacon poison(Random random) {
    var event = track("Poison", Map.of("n", 1)).by("device-poison");
    return switch (random.nextInt(6)) {
      case 0 -> event.with("type", "wink");
      case 1 -> event.with("event", 7);
      case 2 -> event.with("properties", "not an object");
      case 3 -> event.with("timestamp", "yesterday");
      case 4 -> event.with("context", List.of("no", "object"));
      default -> event.with("properties", Map.of("text", "x".repeat(33 * 1024)));
    };
  }

  private void deliver(Beacon... batch) {
    while (!over.get()) {
      try {
        var answer = server.post("/v1/batch", Beacon.batch(RunningServer.DEMO, batch));
        note(answer);
        if (isFinal(answer)) {
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

  /** Poison alone is answered by 400 or 413, and is in the dead letters by then. */
  private static boolean isFinal(Answer answer) {
    return FINAL.contains(answer.status());
  }

  private void note(Answer answer) {
    statuses.add(answer.status());
    if (!isFinal(answer) && answer.header("Retry-After").isEmpty()) {
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

  /** How many answers that turned a beacon away for now did not say when to come again. */
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
