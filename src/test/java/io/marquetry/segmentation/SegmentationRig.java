package io.marquetry.segmentation;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Define;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.IdentityMessage.Attribute;
import io.marquetry.bus.IdentityMessage.Attributed;
import io.marquetry.bus.IdentityMessage.GetCheckpoint;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.LogPage;
import io.marquetry.bus.IngestMessage.LogStatus;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.ReadLog;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Apply;
import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.bus.SegmentationMessage.Fills;
import io.marquetry.bus.SegmentationMessage.GetFills;
import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.bus.SegmentationMessage.TryCondition;
import io.marquetry.bus.SegmentationMessage.Turning;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.marquetry.postgres.Database;
import io.marquetry.segmentation.core.Visits;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Segmentation on a bus of its own, whose neighbours are played by this class. */
final class SegmentationRig implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  final Vertx vertx = Vertx.vertx();
  final Bus bus;
  private final Database database;
  private final List<ConsentRecord> consents = new CopyOnWriteArrayList<>();
  private final BlockingQueue<ProfilesChanged> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<Turning> turnings = new LinkedBlockingQueue<>();
  private final NavigableMap<Long, Resolved> log = new ConcurrentSkipListMap<>();
  private final Map<Id128, Id128> joined = new ConcurrentHashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private volatile long slow;
  private volatile boolean failing;
  private final List<String> deployed = new ArrayList<>();
  private volatile Catalogue catalogue = catalogue(1);

  SegmentationRig(Database database) {
    this.database = database;
    Bus.install(vertx);
    bus = Bus.of(vertx);
    await(bus.serve(Addresses.CATALOGUE, asked -> Future.succeededFuture(catalogue)));
    await(
        bus.serve(
            Addresses.CONSENTS,
            asked ->
                Future.succeededFuture(
                    new Consents(
                        consents.stream()
                            .filter(one -> one.version() > asked.afterVersion())
                            .toList()))));
    await(bus.serve(Addresses.LOG_STATUS, asked -> Future.succeededFuture(status())));
    await(
        bus.serve(
            Addresses.READ_LOG,
            asked ->
                slow == 0
                    ? Future.succeededFuture(read(asked))
                    : vertx.timer(slow).map(waited -> read(asked))));
    await(bus.serve(Addresses.ATTRIBUTE, asked -> Future.succeededFuture(attribute(asked))));
    await(bus.on(Addresses.PROFILES_CHANGED, changes::add));
    await(bus.on(Addresses.PROFILES_TURNING, told -> turnings.addAll(told.turnings())));
    vertx.setPeriodic(
        200, tick -> bus.publish(Addresses.CONSENT_LEASE, new ConsentLease(consents.size())));
  }

  private LogStatus status() {
    long newest = log.isEmpty() ? 0 : log.lastKey();
    return new LogStatus("rig", newest, newest, 0, 0, 0, 0, 0);
  }

  private LogPage read(ReadLog asked) {
    reads.incrementAndGet();
    if (failing) {
      throw new Refused(Refused.Reason.UNAVAILABLE, "the log is away");
    }
    var page = log.tailMap(asked.after(), false).values().stream().limit(asked.limit()).toList();
    return new LogPage(
        page.stream().map(Resolved::logged).toList(),
        page.isEmpty() ? asked.after() : page.getLast().logged().position());
  }

  private Attributed attribute(Attribute asked) {
    var origins =
        asked.events().stream()
            .map(one -> Objects.requireNonNull(log.get(one.position())).profile())
            .toList();
    return new Attributed(
        origins, origins.stream().map(one -> joined.getOrDefault(one, one)).toList());
  }

  /** What identity says from now on of a profile that went up in another. */
  void joined(Id128 from, Id128 into) {
    joined.put(from, into);
  }

  /** As if it had been applied before. */
  void withLogged(Resolved event) {
    log.put(event.logged().position(), event);
  }

  SegmentationRig slowReads(long millis) {
    slow = millis;
    return this;
  }

  void logFails(boolean fails) {
    failing = fails;
  }

  /** Waits until the log was read so often, or needs no reading any more. */
  void awaitReads(int count) {
    until("the log is read", () -> reads() >= count || isCounted());
  }

  void awaitSize(String segment, long size) {
    until("the size of " + segment, () -> members(segment).size() == size);
  }

  private void until(String what, BooleanSupplier holds) {
    for (int i = 0; !holds.getAsBoolean(); i++) {
      if (i > 2_000) {
        throw new AssertionError("it never came so: " + what);
      }
      await(vertx.timer(10, TimeUnit.MILLISECONDS));
    }
  }

  /** Waits until the past of every behaviour is filled in. */
  void awaitCounted() {
    until("every past is filled in", this::isCounted);
  }

  private Fills fills() {
    return await(bus.ask(Addresses.FILLS.to(0), new GetFills(false)));
  }

  private boolean isCounted() {
    var fills = fills();
    return fills.unborn().isEmpty() && fills.fills().stream().allMatch(FillState::over);
  }

  /** How often the log was read in. */
  int reads() {
    return reads.get();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing came of it", e);
    }
  }

  /** A catalogue of a site whose visitors consent, and segments: key, condition … */
  static Catalogue catalogue(long revision, String... segments) {
    var definitions = new ArrayList<Definition>();
    definitions.add(Visits.definition(Kind.SITE, "demo", "{'consentDefault':'granted'}"));
    for (int i = 0; i < segments.length; i += 2) {
      definitions.add(Visits.segment(segments[i], segments[i + 1]));
    }
    return new Catalogue("v" + revision, revision, definitions, List.of());
  }

  SegmentationRig with(String... segments) {
    catalogue = catalogue(1, segments);
    return this;
  }

  SegmentationRig start(int instances, Map<String, Object> config) {
    startOnly(instances, config);
    awaitCounted();
    return this;
  }

  SegmentationRig startOnly(int instances, Map<String, Object> config) {
    for (int instance = 0; instance < instances; instance++) {
      var context = context(instance, instances, config);
      deployed.add(await(vertx.deployVerticle(new SegmentationVerticle(context))));
    }
    return this;
  }

  private ComponentContext context(int instance, int instances, Map<String, Object> config) {
    var placement = new Placement("segmentation", instances, ThreadingModel.EVENT_LOOP, config);
    return new ComponentContext(
        "segmentation",
        instance,
        instances,
        config,
        new ServerSettings("127.0.0.1", 0, Path.of("target"), false, "", "test"),
        new Topology(1, List.of(placement, elsewhere("ingest"), elsewhere("identity"))),
        database.connectOptions(),
        new Secrets(new byte[32], new byte[32]),
        InstantSource.system());
  }

  /** Played by this class. */
  private static Placement elsewhere(String component) {
    return new Placement(component, 1, ThreadingModel.EVENT_LOOP, Map.of());
  }

  /** Stops as on SIGTERM. */
  void stop() {
    deployed.forEach(one -> await(vertx.undeploy(one)));
    deployed.clear();
  }

  void define(String... segments) {
    var next = catalogue(catalogue.revision() + 1, segments);
    catalogue = next;
    await(bus.ask(Addresses.define("segmentation").to(0), new Define(next)));
  }

  void withdraw(Id128 profile) {
    var record =
        new ConsentRecord(
            List.of(profile), "demo", Purposes.NONE, consents.size() + 1L, 0, "api", true);
    consents.add(record);
    await(bus.ask(Addresses.applyConsent("segmentation").to(0), record));
  }

  /** Puts a choice on record that nobody is told of. */
  void allowUntold(Id128 profile) {
    consents.add(
        new ConsentRecord(
            List.of(profile), "demo", Purposes.ALL, consents.size() + 1L, 0, "api", true));
  }

  /** Asks again until the owner no longer says that something is not known yet. */
  Applied applyOnceKnown(Apply apply) {
    for (int i = 0; ; i++) {
      try {
        return await(bus.ask(Addresses.APPLY.to(0), apply));
      } catch (Refused notYet) {
        if (notYet.reason() != Refused.Reason.UNAVAILABLE || i > 2_000) {
          throw notYet;
        }
        await(vertx.timer(10, TimeUnit.MILLISECONDS));
      }
    }
  }

  static Resolved at(long position, Id128 profile, Event event) {
    return new Resolved(profile, new Logged(position, event));
  }

  Applied apply(Resolved... events) {
    return apply(0, List.of(events));
  }

  Applied apply(int owner, List<Resolved> events) {
    events.forEach(event -> log.put(event.logged().position(), event));
    return await(bus.ask(Addresses.APPLY.to(owner), new Apply(events, 0)));
  }

  long checkpoint() {
    return await(bus.ask(Addresses.SEGMENTATION_CHECKPOINT.to(0), new GetCheckpoint())).position();
  }

  void awaitCheckpoint(long position) {
    for (int i = 0; checkpoint() < position; i++) {
      if (i > 2_000) {
        throw new AssertionError("the checkpoint stays at " + checkpoint());
      }
      await(vertx.timer(10, TimeUnit.MILLISECONDS));
    }
  }

  void awaitState(String beginning) {
    for (int i = 0; !state().startsWith(beginning); i++) {
      if (i > 2_000) {
        throw new AssertionError("the state stays " + state());
      }
      await(vertx.timer(10, TimeUnit.MILLISECONDS));
    }
  }

  private String state() {
    return await(bus.ask(Addresses.ping("segmentation").to(0), new Ping())).state();
  }

  @Nullable Map<String, Object> profile(Id128 id) {
    return await(bus.ask(Addresses.PROFILE.to(0), new GetProfile(id))).profile();
  }

  Object profile(Id128 id, String field) {
    return Objects.requireNonNull(Objects.requireNonNull(profile(id)).get(field), field);
  }

  Profiles snapshots(Id128... ids) {
    return await(bus.ask(Addresses.SNAPSHOTS.to(0), new GetSnapshots(List.of(ids))));
  }

  void awaitNoMembers(String segment) {
    for (int i = 0; members(segment).size() > 0; i++) {
      if (i > 2_000) {
        throw new AssertionError(segment + " has members still");
      }
      await(vertx.timer(10, TimeUnit.MILLISECONDS));
    }
  }

  Members members(String segment) {
    return await(bus.ask(Addresses.MEMBERS.to(0), new GetMembers(segment, 10)));
  }

  Tried tried(String condition, int sample) {
    return await(
        bus.ask(
            Addresses.TRY_CONDITION.to(0), new TryCondition(Visits.json(condition), sample, 1)));
  }

  /** The next publication of this kind; others before it are passed over. */
  ProfilesChanged awaitChange(Predicate<ProfilesChanged> wanted) {
    return await(changes, wanted);
  }

  /** The next change by time alone of this kind that is told beforehand. */
  Turning awaitTurning(Predicate<Turning> wanted) {
    return await(turnings, wanted);
  }

  private static <T> T await(BlockingQueue<T> told, Predicate<T> wanted) {
    try {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (true) {
        var next = told.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          throw new AssertionError("no such change was published");
        }
        if (wanted.test(next)) {
          return next;
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
