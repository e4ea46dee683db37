package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.DecisioningMessage.CacheState;
import io.marquetry.bus.DecisioningMessage.GetCache;
import io.marquetry.bus.IngestMessage.GetLogStatus;
import io.marquetry.bus.SegmentationMessage.GetBackfills;
import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Views;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Topology.Placement;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How the whole is: every instance of every component is asked, and one that does not answer in
 * time is shown as such instead of holding up the rest.
 */
final class SystemStatus {
  private static final long PATIENCE_MILLIS = 500;
  private static final String READY = "ready";
  private static final String EVERYBODY = "";
  private static final String SILENT = "not reachable";

  private final Bus bus;
  private final ComponentContext setup;
  private final LiveFeeds feeds;
  private final Accounts accounts;
  private final long startedAt;

  SystemStatus(Bus bus, ComponentContext setup, LiveFeeds feeds, Accounts accounts) {
    this.bus = bus;
    this.setup = setup;
    this.feeds = feeds;
    this.accounts = accounts;
    this.startedAt = setup.clock().millis();
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put(
        "system.status",
        (actor, body) -> {
          Arguments.of(body).end();
          return status();
        });
    handlers.put(
        "system.components",
        (actor, body) -> {
          Arguments.of(body).end();
          return components();
        });
    handlers.put(
        "system.cache",
        (actor, body) -> {
          Arguments.of(body).end();
          return cache();
        });
  }

  /**
   * What the segment caches of all instances hold together. The fingerprint is that of all pairs of
   * a visitor and a segment: equal before and after a restart, in a core and in its replica.
   */
  private Future<Map<String, Object>> cache() {
    var asked = new ArrayList<Future<CacheState>>();
    for (int i = 0; i < setup.topology().instances("decisioning"); i++) {
      asked.add(bus.ask(Addresses.CACHE.to(i), new GetCache()));
    }
    return Future.all(asked).map(all -> sum(all.list()));
  }

  private static Map<String, Object> sum(List<CacheState> parts) {
    var sum = new LinkedHashMap<String, Object>();
    sum.put("visitors", parts.stream().mapToLong(CacheState::visitors).sum());
    sum.put("distinctSets", parts.stream().mapToLong(CacheState::distinctSets).sum());
    sum.put("bytes", parts.stream().mapToLong(CacheState::bytes).sum());
    sum.put("evicted", parts.stream().mapToLong(CacheState::evicted).sum());
    long fingerprint = parts.stream().mapToLong(CacheState::fingerprint).sum();
    sum.put("fingerprint", HexFormat.of().toHexDigits(fingerprint));
    return sum;
  }

  /** In the shape of {@code system.status}. */
  Future<Map<String, Object>> status() {
    var verticles = verticles();
    var log = log();
    var catalogue = catalogue();
    var profiles = profiles();
    var backfills = backfills();
    return Future.all(verticles, log, catalogue, profiles, backfills)
        .map(
            all -> {
              var status = new LinkedHashMap<String, Object>();
              status.put("version", setup.server().version());
              status.put("uptimeSeconds", (setup.clock().millis() - startedAt) / 1_000);
              status.put("verticles", verticles.result().stream().map(Polled::summary).toList());
              status.put("log", log.result());
              status.put("profiles", profiles.result());
              status.put("backfills", backfills.result());
              status.put("eventsPerSecond", feeds.eventsPerSecond());
              status.put("decisionsPerSecond", feeds.decisionsPerSecond());
              status.put("feeds", feeds.counts());
              status.put("definitions", catalogue.result());
              status.put("sessions", accounts.loggedIn());
              return status;
            });
  }

  private Future<Map<String, Object>> components() {
    return verticles().map(all -> Map.of("components", all.stream().map(Polled::detail).toList()));
  }

  /** A component and what each of its instances said, null for silence. */
  private record Polled(Placement placement, List<@Nullable Pong> pongs) {

    Map<String, Object> summary() {
      long lag = 0;
      var state = READY;
      for (var pong : pongs) {
        lag = Math.max(lag, pong == null ? 0 : pong.lag());
        var now = pong == null ? SILENT : pong.state();
        state = state.equals(READY) ? now : state;
      }
      var view = new LinkedHashMap<String, Object>();
      view.put("name", placement.component());
      view.put("instances", placement.instances());
      view.put("state", state);
      view.put("lag", lag);
      return view;
    }

    Map<String, Object> detail() {
      var each = new ArrayList<Map<String, Object>>();
      for (int i = 0; i < pongs.size(); i++) {
        var pong = pongs.get(i);
        each.add(
            Map.of(
                "instance",
                i,
                "state",
                pong == null ? SILENT : pong.state(),
                "lag",
                pong == null ? 0 : pong.lag()));
      }
      var view = new LinkedHashMap<>(summary());
      view.put("threading", placement.threading().name().toLowerCase(Locale.ROOT));
      view.put("each", each);
      return view;
    }
  }

  private Future<List<Polled>> verticles() {
    var polled = new ArrayList<Future<Polled>>();
    setup.topology().placements().forEach(placement -> polled.add(poll(placement)));
    return Future.all(polled).map(all -> all.list());
  }

  private Future<Polled> poll(Placement placement) {
    var pongs = new ArrayList<Future<@Nullable Pong>>();
    for (int i = 0; i < placement.instances(); i++) {
      pongs.add(ping(placement.component(), i));
    }
    return Future.all(pongs).map(all -> new Polled(placement, all.list()));
  }

  private Future<@Nullable Pong> ping(String component, int instance) {
    if (component.equals("http")) {
      // It carries the faces of others and serves no address; that we are asked shows that it runs.
      return Future.succeededFuture(new Pong(component, instance, READY, 0));
    }
    return bus.ask(Addresses.ping(component).to(instance), new Ping())
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .<@Nullable Pong>map(pong -> pong)
        .otherwise(silence -> null);
  }

  private Future<Map<String, Object>> log() {
    return bus.ask(Addresses.LOG_STATUS, new GetLogStatus())
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .map(Views::log)
        .otherwise(Map.of("state", SILENT));
  }

  /** How many there are; -1 where an owner does not answer. */
  private Future<Long> profiles() {
    var asked = new ArrayList<Future<Members>>();
    for (int owner = 0; owner < setup.topology().instances("segmentation"); owner++) {
      asked.add(
          bus.ask(Addresses.MEMBERS.to(owner), new GetMembers(EVERYBODY, 0))
              .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    }
    return Future.all(asked)
        .map(all -> all.<Members>list().stream().mapToLong(Members::size).sum())
        .otherwise(-1L);
  }

  /** How far the past of behaviours has been counted that were defined later. */
  private Future<Map<String, Object>> backfills() {
    return setup.topology().runs("segmentation")
        ? bus.ask(Addresses.BACKFILLS, new GetBackfills())
            .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
            .map(Views::backfills)
            .otherwise(Map.of("state", SILENT))
        : Future.succeededFuture(Map.of("state", SILENT));
  }

  private Future<Map<String, Object>> catalogue() {
    return bus.ask(Addresses.CATALOGUE, new GetCatalogue())
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .map(SystemStatus::definitions)
        .otherwise(Map.of("state", SILENT));
  }

  private static Map<String, Object> definitions(Catalogue catalogue) {
    return Map.of(
        "version",
        catalogue.version(),
        "revision",
        catalogue.revision(),
        "count",
        catalogue.definitions().size());
  }
}
