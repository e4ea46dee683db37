package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Visitor;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An event is acknowledged only after it is in the log: a crash right behind the answers shows. */
@Tag("server")
class Invariant01DurableTest {
  private static final int SENDERS = 8;
  private static final int ANSWERS = 60;

  @Test
  void kill9_rightBehindTheAnswers_everyAcknowledgedEventIsInTheLog() throws InterruptedException {
    try (var server = RunningServer.with().start()) {
      var cookie = server.visitor().accepts().cookie("mq_id");
      var acknowledged = ConcurrentHashMap.<String>newKeySet();
      var enough = new CountDownLatch(ANSWERS);
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        var visitor = server.visitor().setCookie("mq_id", cookie);
        senders.add(Thread.ofVirtual().start(() -> sendOn(visitor, acknowledged, enough)));
      }
      enough.await();
      server.kill9();
      server.postgres().kill9();
      for (var sender : senders) {
        sender.join();
      }

      server.restart();

      assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ANSWERS);
      assertThat(EventLog.messageIds(server)).containsAll(acknowledged).doesNotHaveDuplicates();
    }
  }

  private static void sendOn(Visitor visitor, Set<String> acknowledged, CountDownLatch enough) {
    try {
      while (true) {
        var beacon = page("/");
        if (visitor.send(beacon).status() == 200) {
          acknowledged.add(beacon.messageId());
          enough.countDown();
        }
      }
    } catch (UncheckedIOException dead) {
      // The server was killed: what was under way was not acknowledged.
    }
  }
}
