package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Define;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.ProfilesTurning;
import io.marquetry.bus.SegmentationMessage.Turning;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A bus with the neighbours of decisioning, played by the test. */
final class DecisioningRig {
  static final long NOW = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
  private static final byte[] SECRET = new byte[32];

  final Vertx vertx = Vertx.vertx();
  final Bus bus;

  /** Nobody listens there: the log cannot be written. */
  PgConnectOptions database =
      new PgConnectOptions().setHost("127.0.0.1").setPort(1).setUser("x").setDatabase("x");

  final List<ConsentRecord> consents = new ArrayList<>();

  DecisioningRig() {
    Bus.install(vertx);
    bus = Bus.of(vertx);
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** What time it is for those deployed. */
  volatile long now = NOW;

  /** Lets time pass. Only the test moves the clock. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  void pass(Duration time) {
    now += time.toMillis();
  }

  /** Looks again and again until it is so. */
  void until(BooleanSupplier condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it never came so");
      }
      await(vertx.timer(5));
    }
  }

  private static Topology topology(int instances, Map<String, Object> config) {
    return new Topology(
        1,
        List.of(
            new Placement("segmentation", 1, ThreadingModel.EVENT_LOOP, Map.of()),
            new Placement("decisioning", instances, ThreadingModel.EVENT_LOOP, config)));
  }

  ComponentContext context(int instance, int instances, Map<String, Object> config) {
    return new ComponentContext(
        "decisioning",
        instance,
        instances,
        config,
        new ServerSettings("127.0.0.1", 0, Path.of("target"), false, "", "test"),
        topology(instances, config),
        database,
        new Secrets(SECRET, SECRET),
        () -> Instant.ofEpochMilli(now));
  }

  void serveCatalogue(Catalogue catalogue) throws Exception {
    await(bus.serve(Addresses.CATALOGUE, ask -> Future.succeededFuture(catalogue)));
  }

  /** A consent component with the records listed here, which also says that it lives. */
  void serveConsent() throws Exception {
    await(
        bus.serve(
            Addresses.CONSENTS,
            ask -> Future.succeededFuture(new Consents(List.copyOf(consents)))));
    vertx.setPeriodic(
        200,
        tick ->
            bus.publish(
                Addresses.CONSENT_LEASE,
                new ConsentLease(
                    consents.stream().mapToLong(ConsentRecord::version).max().orElse(0))));
  }

  void serveProfiles(List<ProfileSnapshot> profiles) throws Exception {
    serveProfiles(profiles, true);
  }

  /**
   * @param complete whether segmentation has nobody in its store alone
   */
  void serveProfiles(List<ProfileSnapshot> profiles, boolean complete) throws Exception {
    await(
        bus.serve(
            Addresses.PROFILES.to(0),
            ask -> {
              var page =
                  profiles.stream()
                      .filter(
                          one -> ask.after() == null || one.profile().compareTo(ask.after()) > 0)
                      .sorted((a, b) -> a.profile().compareTo(b.profile()))
                      .limit(ask.limit())
                      .toList();
              return Future.succeededFuture(new Profiles(page, complete));
            }));
  }

  /** Segmentation also answers for single profiles; every ask is handed to {@code server}. */
  void serveSnapshots(Function<GetSnapshots, Future<Profiles>> server) throws Exception {
    await(bus.serve(Addresses.SNAPSHOTS.to(0), server));
  }

  void deploy(int instances, Map<String, Object> config) throws Exception {
    for (int i = 0; i < instances; i++) {
      await(vertx.deployVerticle(new DecisioningVerticle(context(i, instances, config))));
    }
  }

  void define(int instance, Catalogue catalogue) throws Exception {
    await(bus.ask(Addresses.define("decisioning").to(instance), new Define(catalogue)));
  }

  void change(ProfilesChanged changed) {
    bus.publish(Addresses.PROFILES_CHANGED, changed);
  }

  void turn(long at, ProfileSnapshot then) {
    bus.publish(Addresses.PROFILES_TURNING, new ProfilesTurning(List.of(new Turning(at, then))));
  }

  String state(int instance) throws Exception {
    return await(bus.ask(Addresses.ping("decisioning").to(instance), new Ping())).state();
  }

  void untilState(String beginning) throws Exception {
    until(
        () -> {
          try {
            return state(0).startsWith(beginning);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  static ConsentRecord consent(Id128 profile, Purposes purposes, long version) {
    return new ConsentRecord(List.of(profile), "shop", purposes, version, NOW, "banner", true);
  }

  static Decide ask(VisitorRef visitor, boolean dryRun, String... components) {
    var context =
        Map.<String, Object>of(
            "geo", Map.of("country", "DE"),
            "context", Map.of("page", Map.of("path", "/", "referrer", "https://a.example/secret")));
    return new Decide("shop", visitor, context, "home", List.of(components), dryRun);
  }

  Decided decide(int instance, Decide ask) throws Exception {
    return await(bus.ask(Addresses.DECIDE.to(instance), ask));
  }

  void close() throws Exception {
    await(vertx.close());
  }
}
