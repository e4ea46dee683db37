package io.marquetry.segmentation;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.IdentityMessage.Checkpoint;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Apply;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.kit.Shards;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Patience;
import io.marquetry.platform.Pg;
import io.marquetry.segmentation.core.Moment;
import io.marquetry.segmentation.core.ProfileOwner;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Wires the owner of some shards of profiles to the bus, the store and the clock. */
public final class SegmentationVerticle extends VerticleBase {
  private static final int CONNECTIONS = 2;
  private static final long STORE_DUE_MILLIS = 1_000;
  private static final long AWAITED_MILLIS = 1_000;

  private final ComponentContext component;
  private final Function<Vertx, ProfileStore> stores;
  private final Lane lane = new Lane();
  private Bus bus;
  private ProfileStore store;
  private ConsentFollower consent;
  private ProfileOwner owner;
  private WriteBehind writeBehind;
  private DueTimer dueTimer;
  private Realigner realigner;
  private Plans plans;
  private StoreSweep sweep;
  private Backfill backfill;
  private boolean serving;
  private Directory directory;
  private Filling filling;
  private Work work;
  private Trials trials;

  public SegmentationVerticle(ComponentContext component) {
    this(
        component,
        vertx ->
            new PgProfileStore(Pg.pool(vertx, component.database(), "segmentation", CONNECTIONS)));
  }

  @SuppressWarnings("NullAway.Init") // a verticle's fields are made in start()
  SegmentationVerticle(ComponentContext component, Function<Vertx, ProfileStore> stores) {
    this.component = component;
    this.stores = stores;
  }

  @Override
  public Future<?> start() {
    var config = SegmentationConfig.from(component);
    bus = Bus.of(vertx);
    store = stores.apply(vertx);
    consent =
        new ConsentFollower(
            bus, component.ticks(), "segmentation", component.instance(), record -> lane.settled());
    owner =
        new ProfileOwner(
            new Ownership(component.instance(), component.instances()),
            config.limits(),
            consent.view(),
            new KnownDevices());
    var clock = component.clock();
    writeBehind = new WriteBehind(vertx, owner, store, clock::millis, config.flushEvery());
    dueTimer = new DueTimer(vertx, owner, this::moment, this::publish);
    realigner = new Realigner(vertx, owner, this::moment, this::publish);
    backfill = new Backfill(vertx, bus, component, owner);
    var held = new Holdings(vertx, owner, store, shards(), this::moment);
    work = new Work(lane, held, this::publish);
    directory = new Directory(held, component.ticks(), writeBehind::flush, work::snapshots);
    filling = new Filling(held, component.ticks(), this::publish);
    sweep = new StoreSweep(held, filling::isWorking, work::snapshots);
    trials = new Trials(held);
    plans = new Plans(vertx, owner, realigner, dueTimer::arm, sweep::begin);
    vertx.setPeriodic(STORE_DUE_MILLIS, tick -> work.fetchDue());
    var catalogue = new CatalogueFollower(bus, "segmentation", component.instance(), this::define);
    return store
        .checkpoint()
        .onSuccess(owner::restore)
        .compose(restored -> store.passes(held.shards()))
        .onSuccess(owner.passes()::restore)
        .compose(restored -> filling.count(config.limits().maxProfiles()))
        .compose(counted -> consent.start())
        .compose(following -> catalogue.start())
        .compose(defined -> serve())
        .onSuccess(
            served -> {
              serving = true;
              writeBehind.start();
              dueTimer.arm();
              startBackfill();
            })
        .compose(served -> awhile(filling.start(directory::isBeingListed)));
  }

  /**
   * Few profiles are all in memory when this has started; many come while everybody else starts.
   */
  private Future<Void> awhile(Future<Void> filled) {
    return Patience.limit(vertx, filled, AWAITED_MILLIS).otherwiseEmpty();
  }

  @Override
  public Future<?> stop() {
    backfill.stop();
    sweep.stop();
    return bus.leave()
        .compose(left -> lane.settled())
        .compose(settled -> writeBehind.stop())
        .eventually(() -> store.close());
  }

  private Moment moment() {
    return new Moment(component.clock().millis(), consent.now());
  }

  private List<Integer> shards() {
    return IntStream.range(0, Shards.COUNT)
        .filter(shard -> shard % component.instances() == component.instance())
        .boxed()
        .toList();
  }

  private Future<?> serve() {
    int instance = component.instance();
    return Future.all(
        List.of(
            bus.serve(Addresses.APPLY.to(instance), this::apply),
            bus.serve(Addresses.RELEASE.to(instance), work::release),
            bus.serve(Addresses.ADOPT.to(instance), work::adopt),
            bus.serve(Addresses.RESET.to(instance), work::reset),
            bus.serve(Addresses.REBUILD.to(instance), this::rebuild),
            bus.serve(
                Addresses.SEGMENTATION_CHECKPOINT.to(instance),
                asked -> Future.succeededFuture(new Checkpoint(owner.checkpoint()))),
            bus.serve(Addresses.PROFILES.to(instance), directory::list),
            bus.serve(Addresses.SNAPSHOTS.to(instance), work::snapshots),
            bus.serve(Addresses.PROFILE.to(instance), work::show),
            bus.serve(Addresses.MEMBERS.to(instance), directory::members),
            bus.serve(Addresses.TRY_CONDITION.to(instance), trials::run),
            bus.serve(
                Addresses.FILLS.to(instance), asked -> Future.succeededFuture(plans.fills(asked))),
            bus.serve(Addresses.BEGIN_FILL.to(instance), plans::begin),
            bus.serve(Addresses.FILL.to(instance), page -> plans.fill(page, work::fill)),
            bus.serve(Addresses.END_FILL.to(instance), plans::end),
            serveBackfills(),
            bus.serve(
                Addresses.ping("segmentation").to(instance),
                asked -> Future.succeededFuture(pong()))));
  }

  /**
   * Without definitions nobody knows what to count, and it would never be counted; and what was let
   * into the log by a choice not known here would be taken for forbidden.
   */
  private Future<Applied> apply(Apply batch) {
    requireDefinitions();
    if (!consent.has(batch.consentVersion())) {
      throw new Refused(
          Reason.UNAVAILABLE, "consent is not known up to version " + batch.consentVersion());
    }
    return work.apply(batch);
  }

  private void requireDefinitions() {
    if (!plans.isDefined()) {
      throw new Refused(Reason.UNAVAILABLE, "definitions are not known at the moment");
    }
  }

  /** Whoever tells a profile its history may forget having done so only once it is stored. */
  private Future<Done> rebuild(Rebuild rebuild) {
    requireDefinitions();
    return work.rebuild(rebuild)
        .compose(
            done ->
                rebuild.last()
                    ? writeBehind.flush().compose(flushed -> stored())
                    : Future.succeededFuture(done));
  }

  private Future<Done> stored() {
    return writeBehind.failures() == 0
        ? Future.succeededFuture(Done.DONE)
        : Future.failedFuture(new Refused(Reason.UNAVAILABLE, "profiles cannot be stored now"));
  }

  private Future<Void> define(Catalogue catalogue) {
    consent.defaults(catalogue);
    if (catalogue.revision() < 0) {
      return Future.succeededFuture(); // there is no catalogue yet: nothing is forgotten
    }
    return plans
        .define(catalogue)
        .compose(
            defined -> {
              wakeBackfill();
              boolean soon = serving && Backfill.isPossible(component);
              return soon ? plans.counted() : Future.succeededFuture();
            });
  }

  private void startBackfill() {
    if (component.instance() == 0) {
      backfill.start();
      backfill.wake();
    }
  }

  /** One instance sees to the past for all. */
  private void wakeBackfill() {
    if (serving && component.instance() == 0) {
      backfill.wake();
    }
  }

  private Future<?> serveBackfills() {
    return component.instance() == 0
        ? bus.serve(Addresses.BACKFILLS, asked -> backfill.state())
        : Future.succeededFuture();
  }

  /** Tells of what changed, before whoever changed it is answered. */
  private void publish() {
    var changes = owner.takeChanges(component.clock().millis());
    if (changes != null) {
      bus.publish(Addresses.PROFILES_CHANGED, changes);
    }
    var turnings = owner.takeTurnings();
    if (turnings != null) {
      bus.publish(Addresses.PROFILES_TURNING, turnings);
    }
    dueTimer.arm();
  }

  private Pong pong() {
    return new Pong("segmentation", component.instance(), state(), 0);
  }

  private String state() {
    if (filling.failing()) {
      return "degraded: profiles cannot be read at the moment";
    }
    if (writeBehind.failures() > 0) {
      return "degraded: profiles cannot be stored at the moment";
    }
    var failing = owner.views().failures().keySet();
    if (!failing.isEmpty()) {
      return "degraded: not evaluated and kept as they were: " + failing;
    }
    return realigner.isWorking() ? "loading" : "ready";
  }
}
