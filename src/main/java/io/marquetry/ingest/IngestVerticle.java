package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.IdentityMessage.Checkpoint;
import io.marquetry.bus.IdentityMessage.GetCheckpoint;
import io.marquetry.bus.IngestMessage.Counts;
import io.marquetry.bus.IngestMessage.LogPage;
import io.marquetry.bus.IngestMessage.LogStatus;
import io.marquetry.bus.IngestMessage.ReadLog;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.enrichment.Enricher;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.follow.SitePages;
import io.marquetry.grant.ConsentView;
import io.marquetry.ingest.core.Admission;
import io.marquetry.ingest.core.Enriching;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.kit.Ids;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Enrichers;
import io.marquetry.platform.LogSettings.Backend;
import io.marquetry.platform.Pg;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Wires the event log, consent, and the way to profiles. One instance in a process. */
public final class IngestVerticle extends VerticleBase {
  private static final int CONNECTIONS = 2;
  private static final int MAX_READ = 500;
  private static final long ASK_AGAIN_MILLIS = 250;
  private static final long ROOM_EVERY_MILLIS = Duration.ofHours(1).toMillis();

  private final ComponentContext component;
  private final Function<Vertx, Stores> stores;
  private Wiring wiring;

  /**
   * What ingest keeps its things in.
   *
   * @param backwards reads the log from its end
   * @param giveBack closes all of it
   */
  record Stores(
      EventLog log,
      MessageBodies bodies,
      PgDeadLetters letters,
      EventSearch.Reader backwards,
      Supplier<Future<?>> giveBack) {}

  /** What {@link #start} makes. */
  private record Wiring(
      Bus bus,
      Stores stores,
      EventLog log,
      GroupCommit commits,
      Follower follower,
      Retries retries,
      Desk desk,
      EventSearch search,
      @Nullable KafkaProfileChanges feed) {}

  public IngestVerticle(ComponentContext component) {
    this(component, vertx -> stores(vertx, component));
  }

  @SuppressWarnings("NullAway.Init") // a verticle's fields are made in start()
  IngestVerticle(ComponentContext component, Function<Vertx, Stores> stores) {
    this.component = component;
    this.stores = stores;
  }

  private static Stores stores(Vertx vertx, ComponentContext component) {
    var pool = Pg.pool(vertx, component.database(), "ingest", CONNECTIONS);
    // Looking takes connections of its own, so that it never holds up a commit.
    var looking = Pg.pool(vertx, component.database(), "ingest-look", 1);
    var log = log(vertx, component, pool);
    var window = Duration.ofDays(IngestConfig.from(component).rememberDays());
    var memory = new PgMessageMemory(vertx, looking, component.clock(), window);
    memory.start();
    return new Stores(
        log,
        new PgMessageBodies(pool),
        new PgDeadLetters(looking),
        backwards(component, log, looking),
        () -> {
          memory.stop();
          return log.close().eventually(() -> Future.all(pool.close(), looking.close()));
        });
  }

  @Override
  public Future<?> start() {
    var config = IngestConfig.from(component);
    var bus = Bus.of(vertx);
    var kept = stores.apply(vertx);
    var log = kept.log();
    var consent =
        new ConsentFollower(bus, component.ticks(), "ingest", component.instance(), this::settle);
    var enricher = Enrichers.make(vertx, "ingest");
    var schemas = new EventSchemas();
    var delivery =
        new Delivery(bus, component.topology().instances("segmentation"), consent.view());
    var follower = new Follower(vertx, bus, log, delivery, component, new Enriching(enricher));
    var commits =
        new GroupCommit(
            vertx,
            component.ticks(),
            log,
            new Admission(consent.view()),
            schemas,
            kept.bodies(),
            config,
            follower);
    var parser = new EventParser(new Ids(component.secrets().ids()));
    wiring =
        new Wiring(
            bus,
            kept,
            log,
            commits,
            follower,
            new Retries(kept.letters(), parser, schemas, kept.bodies(), commits, component.clock()),
            new Desk(log, commits, parser, new Enriching(enricher), component.clock()),
            new EventSearch(kept.backwards(), parser),
            feed(consent.view()));
    vertx.setPeriodic(ROOM_EVERY_MILLIS, tick -> log.prepare(today()));
    var catalogue =
        new CatalogueFollower(
            bus, "ingest", component.instance(), now -> define(consent, enricher, schemas, now));
    return log.prepare(today())
        .compose(ready -> catalogue.start())
        .compose(ready -> consent.start())
        .compose(ready -> open().recover(this::openLater))
        .compose(ready -> serve())
        .compose(ready -> startFeed());
  }

  private Future<Void> open() {
    return checkpoints()
        .compose(checkpoint -> wiring.follower().start(wiring.commits(), checkpoint));
  }

  /** An owner in another process may start after us; until it tells, beacons are turned away. */
  private Future<Void> openLater(Throwable cause) {
    if (!(cause instanceof Refused)) {
      return Future.failedFuture(cause);
    }
    wiring.bus().later(ASK_AGAIN_MILLIS, this::openAgain);
    return Future.succeededFuture();
  }

  private void openAgain() {
    open().onFailure(cause -> wiring.bus().later(ASK_AGAIN_MILLIS, this::openAgain));
  }

  private Future<Void> startFeed() {
    var feed = wiring.feed();
    return feed == null
        ? Future.succeededFuture()
        : feed.start(component.topology().instances("segmentation"));
  }

  private static EventLog log(Vertx vertx, ComponentContext component, Pool pool) {
    var settings = component.server().log();
    return switch (settings.backend()) {
      case POSTGRES -> new PgEventLog(pool);
      case KAFKA -> {
        var clients = new KafkaClients(vertx, settings.kafka());
        yield new KafkaEventLog(
            vertx,
            clients,
            new KafkaTopics(clients, settings.kafka()),
            new PgEventLog(pool),
            new PgLogIndex(pool, settings.kafka()));
      }
    };
  }

  private static EventSearch.Reader backwards(
      ComponentContext component, EventLog log, Pool looking) {
    return switch (component.server().log().backend()) {
      case POSTGRES -> new PgEventLog(looking)::readBack;
      case KAFKA -> new Backwards(log)::read;
    };
  }

  /** Null where segments of profiles do not go out. */
  private @Nullable KafkaProfileChanges feed(ConsentView consent) {
    var settings = component.server().log();
    if (settings.backend() != Backend.KAFKA || !settings.kafka().profileChanges()) {
      return null;
    }
    var clients = new KafkaClients(vertx, settings.kafka());
    var topics = new KafkaTopics(clients, settings.kafka());
    return new KafkaProfileChanges(vertx, clients, topics, consent, component.ticks());
  }

  @Override
  public Future<?> stop() {
    return wiring
        .bus()
        .leave()
        .compose(left -> wiring.commits().drained())
        .eventually(() -> wiring.follower().stop())
        .eventually(this::stopFeed)
        .eventually(() -> wiring.stores().giveBack().get());
  }

  private Future<Void> stopFeed() {
    var feed = wiring.feed();
    return feed == null ? Future.succeededFuture() : feed.stop();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(component.clock().instant(), ZoneOffset.UTC);
  }

  private static Future<Void> define(
      ConsentFollower consent, Enricher enricher, EventSchemas schemas, Catalogue catalogue) {
    consent.defaults(catalogue);
    enricher.define(SitePages.all(catalogue));
    schemas.define(catalogue);
    return Future.succeededFuture();
  }

  /** Nothing written under the older consent is under way once these are through. */
  private Future<Void> settle(ConsentRecord record) {
    var feed = wiring.feed();
    return wiring
        .commits()
        .settled()
        .compose(done -> wiring.follower().settled())
        .compose(done -> feed == null ? Future.succeededFuture() : feed.settle(record));
  }

  /** How far every component that follows the log has stored its state; the least counts. */
  private Future<Long> checkpoints() {
    var bus = wiring.bus();
    var answers = new ArrayList<Future<Checkpoint>>();
    if (component.topology().runs("identity")) {
      answers.add(bus.ask(Addresses.IDENTITY_CHECKPOINT, new GetCheckpoint()));
    }
    for (int owner = 0; owner < component.topology().instances("segmentation"); owner++) {
      answers.add(bus.ask(Addresses.SEGMENTATION_CHECKPOINT.to(owner), new GetCheckpoint()));
    }
    return Future.all(answers)
        .map(
            all -> all.<Checkpoint>list().stream().mapToLong(Checkpoint::position).min().orElse(0));
  }

  private Future<?> serve() {
    var bus = wiring.bus();
    return Future.all(
        List.of(
            bus.serve(Addresses.ACCEPT, wiring.commits()::accept),
            bus.serve(Addresses.ORDER, wiring.desk()::order),
            bus.serve(Addresses.EVENTS_OF, wiring.desk()::eventsOf),
            bus.serve(Addresses.LOG_STATUS, asked -> Future.succeededFuture(status())),
            bus.serve(Addresses.READ_LOG, this::read),
            bus.serve(
                Addresses.COUNTS, asked -> wiring.log().counts(asked.site()).map(Counts::new)),
            bus.serve(
                Addresses.DEAD_LETTERS,
                asked -> wiring.stores().letters().find(asked, limit(asked.limit()))),
            bus.serve(Addresses.RETRY_LETTERS, wiring.retries()::retry),
            bus.serve(
                Addresses.QUERY_EVENTS, asked -> wiring.search().find(asked, limit(asked.limit()))),
            bus.serve(
                Addresses.ping("ingest").to(component.instance()),
                asked -> Future.succeededFuture(pong()))));
  }

  private static int limit(int asked) {
    return Math.clamp(asked, 1, 1_000);
  }

  private Future<LogPage> read(ReadLog asked) {
    return wiring
        .log()
        .read(asked.after(), Math.clamp(asked.limit(), 1, MAX_READ))
        .map(
            entries ->
                new LogPage(
                    wiring.follower().parse(entries),
                    entries.isEmpty() ? asked.after() : entries.getLast().position()));
  }

  private LogStatus status() {
    var tally = wiring.commits().tally();
    return new LogStatus(
        wiring.log().backend(),
        wiring.follower().newest(),
        wiring.follower().applied(),
        tally.stored,
        tally.duplicates,
        tally.aggregated,
        tally.deadLetters,
        tally.turnedAway);
  }

  private Pong pong() {
    long lag = Math.max(0, wiring.follower().newest() - wiring.follower().applied());
    return new Pong("ingest", component.instance(), wiring.follower().state(), lag);
  }
}
