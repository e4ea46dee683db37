package io.marquetry.follow;

import static io.marquetry.follow.Contexts.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.ConsentMessage.ListConsents;
import io.marquetry.bus.Purposes;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ConsentFollowerTest {
  private final BlockingQueue<ListConsents> asked = new LinkedBlockingQueue<>();
  private final List<ConsentRecord> stored = new ArrayList<>();
  private Bus bus;
  private ConsentFollower follower;

  @BeforeEach
  void install(Vertx vertx) {
    Bus.install(vertx);
    bus = Bus.of(vertx);
    follower =
        new ConsentFollower(bus, Ticks.SYSTEM, "some", 0, record -> Future.succeededFuture());
    follower.defaults(new Catalogue("v1", 1, List.of(), List.of()));
  }

  @Test
  void start_catalogueSilent_trustsNothingUntilDefaultsAreKnown() throws Exception {
    var early = new ConsentFollower(bus, Ticks.SYSTEM, "early", 0, r -> Future.succeededFuture());
    serve();
    early.defaults(new Catalogue("", -1, List.of(), List.of()));
    await(early.start());
    assertThat(early.view().current(early.now())).isFalse();
    assertThat(early.view().late(early.now())).as("it was never whole").isFalse();
    early.defaults(new Catalogue("v1", 1, List.of(), List.of()));
    assertThat(early.view().current(early.now())).isTrue();
  }

  @Test
  void has_versionNotHeardOf_isFetched() throws Exception {
    serve();
    await(follower.start());
    asked.clear();
    stored.add(record(7, Purposes.ALL));
    assertThat(follower.has(0)).isTrue();
    assertThat(follower.has(7)).isFalse();
    assertThat(asked.poll(5, TimeUnit.SECONDS)).isEqualTo(new ListConsents(0, 10_000));
    put(record(9, Purposes.ALL));
    assertThat(follower.has(9)).as("it came, whatever is missing before it").isTrue();
  }

  @Test
  void start_consentThere_takesItsRecordsAndTrustsThem() throws Exception {
    stored.add(record(4, Purposes.ALL));
    serve();
    await(follower.start());
    assertThat(follower.view().current(follower.now())).isTrue();
    assertThat(purposes(4)).isEqualTo(Purposes.ALL);
  }

  @Test
  void start_noConsent_deniesUntilALeaseAndThenFetches() throws Exception {
    await(follower.start());
    assertThat(follower.view().current(follower.now())).isFalse();
    stored.add(record(1, Purposes.ALL));
    serve();
    bus.publish(Addresses.CONSENT_LEASE, new ConsentLease(1));
    assertThat(asked.poll(5, TimeUnit.SECONDS)).isEqualTo(new ListConsents(0, 10_000));
  }

  @Test
  void lease_changeMissedBehindOneThatCame_isFetched() throws Exception {
    serve();
    await(follower.start());
    asked.clear();
    put(record(1, Purposes.ALL));
    put(record(3, Purposes.ALL));
    stored.add(record(2, Purposes.NONE));
    stored.add(record(3, Purposes.ALL));
    bus.publish(Addresses.CONSENT_LEASE, new ConsentLease(3));
    assertThat(asked.poll(5, TimeUnit.SECONDS)).isEqualTo(new ListConsents(1, 10_000));
  }

  @Test
  void lease_nothingMissed_fetchesNothing() throws Exception {
    serve();
    await(follower.start());
    asked.clear();
    put(record(2, Purposes.ALL));
    put(record(1, Purposes.ALL));
    bus.publish(Addresses.CONSENT_LEASE, new ConsentLease(2));
    put(record(3, Purposes.NONE)); // answered after the lease was heard
    assertThat(asked).isEmpty();
  }

  @Test
  void take_record_isConfirmedOnlyWhenWorkBegunBeforeIsThrough() throws Exception {
    var settled = Promise.<Void>promise();
    var slow = new ConsentFollower(bus, Ticks.SYSTEM, "slow", 0, record -> settled.future());
    await(slow.start());
    await(follower.start());
    var confirmed = bus.ask(Addresses.applyConsent("slow").to(0), record(1, Purposes.NONE));
    put(record(1, Purposes.NONE)); // a round trip later
    assertThat(confirmed.isComplete()).isFalse();
    settled.complete();
    await(confirmed);
  }

  private void serve() throws Exception {
    await(
        bus.serve(
            Addresses.CONSENTS,
            question -> {
              asked.add(question);
              return Future.succeededFuture(
                  new Consents(
                      stored.stream().filter(r -> r.version() > question.afterVersion()).toList()));
            }));
  }

  private void put(ConsentRecord record) throws Exception {
    await(bus.ask(Addresses.applyConsent("some").to(0), record));
  }

  private Purposes purposes(long key) {
    return follower.view().purposes("shop", List.of(new Id128(3, key)));
  }

  private static ConsentRecord record(long version, Purposes purposes) {
    return new ConsentRecord(
        List.of(new Id128(3, version)), "shop", purposes, version, 0, "api", true);
  }
}
