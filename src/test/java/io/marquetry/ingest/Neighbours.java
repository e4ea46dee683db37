package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.IdentityMessage.Checkpoint;
import io.marquetry.bus.IdentityMessage.Link;
import io.marquetry.bus.IdentityMessage.Linked;
import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Apply;
import io.marquetry.bus.SegmentationMessage.Poisoned;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Released;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Consent, identity and segmentation as ingest sees them: they keep to the contract, take down what
 * reaches them, and fail when told to. An owner passes over positions it has seen.
 */
final class Neighbours {
  private static final long LEASE_EVERY_MILLIS = 300;

  private final Vertx vertx;
  private final Bus bus;
  private final int owners;
  private final List<String> deeds = new ArrayList<>();
  private final TreeMap<Long, String> applied = new TreeMap<>();
  private final long[] seen;
  private final Set<String> poison = new HashSet<>();
  private final List<ConsentRecord> consents = new ArrayList<>();
  private Function<Logged, @Nullable Merge> merging = logged -> null;
  private @Nullable Promise<Void> held;
  private volatile boolean silent;
  private long restedOn = -1;
  private int failing;
  private int applications;
  private long checkpoint;

  Neighbours(Vertx vertx, int owners) {
    this.vertx = vertx;
    this.owners = owners;
    bus = Bus.of(vertx);
    seen = new long[owners];
  }

  Neighbours start() {
    await(bus.serve(Addresses.CONSENTS, asked -> Future.succeededFuture(consents())));
    vertx.setPeriodic(
        LEASE_EVERY_MILLIS,
        tick -> {
          if (!silent) {
            bus.publish(Addresses.CONSENT_LEASE, new ConsentLease(consents.size()));
          }
        });
    await(bus.serve(Addresses.IDENTITY_CHECKPOINT, asked -> checkpoint()));
    await(bus.serve(Addresses.LINK, this::link));
    for (int i = 0; i < owners; i++) {
      int owner = i;
      await(bus.serve(Addresses.SEGMENTATION_CHECKPOINT.to(i), asked -> checkpoint()));
      await(bus.serve(Addresses.APPLY.to(i), apply -> apply(owner, apply)));
      await(bus.serve(Addresses.RELEASE.to(i), release -> release(owner, release)));
      await(bus.serve(Addresses.ADOPT.to(i), adopt -> adopt(owner, adopt)));
    }
    return this;
  }

  // ---- what a test says

  /** Where every component says that its stored state stands. */
  synchronized void checkpoint(long position) {
    checkpoint = position;
  }

  synchronized void mergeAt(Function<Logged, @Nullable Merge> when) {
    merging = when;
  }

  /** Events with these message ids cannot be applied. */
  synchronized void poison(String messageId) {
    poison.add(messageId);
  }

  synchronized void failNextApplications(int n) {
    failing = n;
  }

  /** Whether consent leaves out to renew its lease. */
  void silence(boolean silenced) {
    silent = silenced;
  }

  /** Applications wait until {@link #letGo}. */
  synchronized void hold() {
    held = Promise.promise();
  }

  void letGo() {
    Promise<Void> waiting;
    synchronized (this) {
      waiting = Objects.requireNonNull(held);
      held = null;
    }
    waiting.complete();
  }

  /** Puts a choice on record and hands it to ingest; completes when ingest confirmed. */
  Future<Done> choose(ConsentRecord record) {
    synchronized (this) {
      consents.add(record);
    }
    return bus.ask(Addresses.applyConsent("ingest").to(0), record);
  }

  // ---- what a test asks

  /** Message ids in the order of the log, as they were applied. */
  synchronized List<String> applied() {
    return List.copyOf(applied.values());
  }

  synchronized List<Long> positions() {
    return List.copyOf(applied.keySet());
  }

  /** What was done, in order. */
  synchronized List<String> deeds() {
    return List.copyOf(deeds);
  }

  /** The version of consent that what was applied last is said to rest on. */
  synchronized long restedOn() {
    return restedOn;
  }

  /** How often something was to be applied, passed over or not. */
  synchronized int applications() {
    return applications;
  }

  // ---- the contract

  private synchronized Consents consents() {
    return new Consents(consents);
  }

  private synchronized Future<Checkpoint> checkpoint() {
    return Future.succeededFuture(new Checkpoint(checkpoint));
  }

  private synchronized Future<Linked> link(Link link) {
    var profiles = new ArrayList<Id128>();
    var merges = new ArrayList<Merge>();
    for (var logged : link.events()) {
      var subject = logged.event().subject();
      profiles.add(
          Objects.requireNonNull(subject.user() != null ? subject.user() : subject.device()));
      var merge = merging.apply(logged);
      if (merge != null) {
        merges.add(merge);
      }
    }
    return Future.succeededFuture(new Linked(profiles, merges));
  }

  private synchronized Future<Applied> apply(int owner, Apply apply) {
    applications++;
    if (failing > 0) {
      failing--;
      return Future.failedFuture(new IllegalStateException("told to fail"));
    }
    if (held != null) {
      return held.future().compose(free -> apply(owner, apply));
    }
    var poisoned = new ArrayList<Poisoned>();
    long last = seen[owner];
    for (var resolved : apply.events()) {
      last = apply(owner, resolved, last, poisoned);
    }
    seen[owner] = last;
    restedOn = apply.consentVersion();
    return Future.succeededFuture(new Applied(apply.events().size(), 0, 0, poisoned));
  }

  private long apply(int owner, Resolved resolved, long last, List<Poisoned> poisoned) {
    long position = resolved.logged().position();
    var messageId = resolved.logged().event().messageId();
    if (position <= last) {
      return last;
    }
    if (poison.contains(messageId)) {
      poisoned.add(new Poisoned(position, "told to be poison"));
    } else {
      applied.put(position, messageId);
      deeds.add("apply " + messageId + " at " + owner);
    }
    return position;
  }

  private synchronized Future<Released> release(int owner, Release release) {
    deeds.add("release at " + owner);
    return Future.succeededFuture(new Released(Map.of("from", release.from().toString())));
  }

  private synchronized Future<Done> adopt(int owner, Adopt adopt) {
    deeds.add("adopt " + adopt.state().get("from") + " at " + owner);
    return Future.succeededFuture(Done.DONE);
  }
}
