package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.ConsentMessage.ListConsents;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.ListProfiles;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.platform.Json;
import io.marquetry.platform.Patience;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of profiles, going out to a compacted topic as they change.
 *
 * <p>A profile is there while its visitor allows personalization, with the purposes allowed, so
 * that whoever reads can hold themselves to them. On withdrawal, and when it is gone, it is removed
 * from the topic; the change of consent is not confirmed before that. While the copy of consent is
 * out of date, everything waits.
 *
 * <p>Only what differs from what went out last goes out again, as far as that is remembered. After
 * a start nothing is, so everything goes out, in the background.
 */
final class KafkaProfileChanges {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaProfileChanges.class);
  private static final int REMEMBERED = 100_000;
  private static final int MOST_WAITING = 100_000;
  private static final int PAGE = 2_000;
  private static final long AGAIN_MILLIS = 1_000;
  private static final long CONFIRM_MILLIS = 2_000;

  /** What is remembered of a profile that was removed. */
  private static final int REMOVED = 0;

  private final Vertx vertx;
  private final Bus bus;
  private final ConsentView consent;
  private final Ticks ticks;
  private final KafkaOutbox outbox;
  private final String topic;
  private int owners;
  private boolean stopped;

  private final Map<Id128, Integer> sent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Id128, Integer> eldest) {
          return size() > REMEMBERED;
        }
      };

  KafkaProfileChanges(
      Vertx vertx, KafkaClients clients, KafkaTopics topics, ConsentView consent, Ticks ticks) {
    this.vertx = vertx;
    this.consent = consent;
    this.ticks = ticks;
    topic = topics.profileChanges();
    outbox =
        new KafkaOutbox(
            vertx,
            new KafkaWriter(vertx, clients, "profile-changes"),
            topic,
            MOST_WAITING,
            () -> consent.current(ticks.millis()));
    bus = Bus.of(vertx);
  }

  /**
   * Begins to follow; what was missed is made up for in the background.
   *
   * @param owners how many instances of segmentation there are
   */
  Future<Void> start(int owners) {
    this.owners = owners;
    return bus.on(Addresses.PROFILES_CHANGED, this::take).onSuccess(following -> sendAll());
  }

  private void take(ProfilesChanged changed) {
    put(changed.profiles());
    changed.gone().forEach(this::remove);
  }

  private void remove(Id128 profile) {
    outbox.put(profile, new Removal(profile));
  }

  /**
   * Removes whoever took back their consent; completes when that is on Kafka. Who gave it comes
   * back, without being waited for.
   */
  Future<Void> settle(ConsentRecord record) {
    if (record.purposes().allows(Purpose.PERSONALIZATION)) {
      record.keys().forEach(this::fetch);
      return Future.succeededFuture();
    }
    record.keys().forEach(this::remove);
    return Patience.limit(vertx, outbox.flushed(), CONFIRM_MILLIS);
  }

  private void fetch(Id128 key) {
    if (owners > 0) {
      bus.ask(Addresses.SNAPSHOTS.to(Shards.owner(key, owners)), new GetSnapshots(List.of(key)))
          .onSuccess(found -> put(found.profiles()))
          .onFailure(cause -> LOG.debug("a profile comes with its next change", cause));
    }
  }

  private void put(List<ProfileSnapshot> profiles) {
    profiles.forEach(profile -> outbox.put(profile.profile(), new Membership(profile)));
  }

  // ---- everything

  private void sendAll() {
    Future<Void> done = refusals(0);
    for (int owner = 0; owner < owners; owner++) {
      int each = owner;
      done = done.compose(before -> profiles(each, null));
    }
    done.onSuccess(all -> LOG.info("{} holds every profile there is", topic))
        .onFailure(this::sendAllAgain);
  }

  private void sendAllAgain(Throwable cause) {
    if (!stopped) {
      LOG.debug("profiles cannot be sent out yet", cause);
      vertx.setTimer(AGAIN_MILLIS, timer -> sendAll());
    }
  }

  private Future<Void> refusals(long after) {
    return bus.ask(Addresses.CONSENTS, new ListConsents(after, PAGE)).compose(this::removeAll);
  }

  private Future<Void> removeAll(Consents page) {
    var records = page.records();
    for (var record : records) {
      if (!record.purposes().allows(Purpose.PERSONALIZATION)) {
        record.keys().forEach(this::remove);
      }
    }
    return outbox
        .flushed()
        .compose(
            done ->
                records.size() < PAGE
                    ? Future.succeededFuture()
                    : refusals(records.getLast().version()));
  }

  private Future<Void> profiles(int owner, @Nullable Id128 after) {
    return bus.ask(Addresses.PROFILES.to(owner), new ListProfiles(after, PAGE))
        .compose(page -> sendPage(owner, page));
  }

  private Future<Void> sendPage(int owner, Profiles page) {
    var profiles = page.profiles();
    put(profiles);
    return outbox
        .flushed()
        .compose(
            done ->
                profiles.size() < PAGE
                    ? Future.succeededFuture()
                    : profiles(owner, profiles.getLast().profile()));
  }

  /** Sends out what waits, as far as Kafka takes it. */
  Future<Void> stop() {
    stopped = true;
    return bus.leave()
        .compose(left -> Patience.limit(vertx, outbox.flushed(), CONFIRM_MILLIS))
        .eventually(outbox::stop)
        .otherwiseEmpty();
  }

  // ---- records

  private final class Membership implements KafkaOutbox.Draft {
    private final ProfileSnapshot profile;
    private int hash;

    Membership(ProfileSnapshot profile) {
      this.profile = profile;
    }

    @Override
    public @Nullable ProducerRecord<byte[], byte[]> record() {
      var grant =
          consent.grant(
              profile.site(),
              Purpose.PERSONALIZATION,
              List.of(profile.profile()),
              false,
              ticks.millis());
      hash = grant.map(given -> hash(given)).orElse(REMOVED);
      int before = sent.getOrDefault(profile.profile(), grant.isPresent() ? ~hash : REMOVED);
      if (before == hash) {
        return null;
      }
      return new ProducerRecord<>(
          topic,
          KafkaRecords.key(profile.profile()),
          grant.map(given -> value(given)).orElse(null));
    }

    private int hash(Grant grant) {
      return Objects.hash(profile.site(), profile.segments(), grant.purposes().bits()) | 1;
    }

    private byte[] value(Grant grant) {
      var json = new LinkedHashMap<String, Object>();
      json.put("profileId", profile.profile().toString());
      json.put("site", profile.site());
      json.put("segments", profile.segments());
      json.put("purposes", grant.purposes().toJson());
      json.put("since", Instant.ofEpochMilli(profile.since()).toString());
      json.put("version", profile.version());
      return Json.write(json);
    }

    @Override
    public void sent() {
      sent.put(profile.profile(), hash);
    }
  }

  private final class Removal implements KafkaOutbox.Draft {
    private final Id128 profile;

    Removal(Id128 profile) {
      this.profile = profile;
    }

    @Override
    public @Nullable ProducerRecord<byte[], byte[]> record() {
      boolean isRemoved = sent.getOrDefault(profile, ~REMOVED) == REMOVED;
      return isRemoved ? null : new ProducerRecord<>(topic, KafkaRecords.key(profile), null);
    }

    @Override
    public void sent() {
      sent.put(profile, REMOVED);
    }
  }
}
