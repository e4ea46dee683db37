package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SegmentationMessage.GetBackfills;
import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.bus.SegmentationMessage.TryCondition;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Estimate;
import io.marquetry.console.core.Times;
import io.marquetry.console.core.Views;
import io.marquetry.platform.Topology;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Looking at segments: who is in them, and how far the past has been counted. */
final class SegmentOperations {
  private static final int SHOWN = 100;
  private static final int MOST = 1_000;
  private static final int SAMPLE = 10_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Bus bus;
  private final Topology topology;
  private final DefinitionOperations definitions;

  SegmentOperations(Bus bus, Topology topology, DefinitionOperations definitions) {
    this.bus = bus;
    this.topology = topology;
    this.definitions = definitions;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("segments.get", (actor, body) -> segment(body));
    handlers.put("segments.members", (actor, body) -> members(body));
    handlers.put("segments.preview", (actor, body) -> preview(body));
  }

  /** How many a condition would hold for, going by a sample. */
  private Future<Map<String, Object>> preview(Map<String, Object> body) {
    long began = System.nanoTime();
    var arguments = Arguments.of(body);
    var condition = arguments.object("condition");
    if (arguments.value("condition") == null) {
      throw new Refused(Reason.INVALID, "condition", "is required: an object");
    }
    var sample = arguments.optionalInteger("sample", 1, 100_000);
    arguments.end();
    int owners = topology.instances("segmentation");
    int each = ((sample == null ? SAMPLE : sample) + owners - 1) / Math.max(1, owners);
    var asked = new ArrayList<Future<Tried>>();
    for (int owner = 0; owner < owners; owner++) {
      var ask = new TryCondition(condition, each, RANDOM.nextLong());
      asked.add(bus.ask(Addresses.TRY_CONDITION.to(owner), ask));
    }
    return Future.all(asked).map(all -> view(all.list(), began));
  }

  private static Map<String, Object> view(List<Tried> parts, long began) {
    long population = sum(parts, Tried::population);
    long tried = sum(parts, Tried::tried);
    long surely = sum(parts, Tried::surely);
    long possibly = sum(parts, Tried::possibly);
    var unsure = new TreeSet<String>();
    parts.forEach(part -> unsure.addAll(part.unsure()));
    var estimate = Estimate.of(population, tried, surely, sum(parts, Tried::holding), possibly);
    var view = new LinkedHashMap<String, Object>();
    view.put("estimate", estimate.estimate());
    view.put("sample", tried);
    view.put("population", population);
    view.put("interval", List.of(estimate.low(), estimate.high()));
    view.put("exact", tried == population && surely == possibly);
    view.put("unsure", possibly - surely);
    view.put("notCounted", List.copyOf(unsure));
    view.put("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    return view;
  }

  private static long sum(List<Tried> parts, ToLongFunction<Tried> part) {
    return parts.stream().mapToLong(part).sum();
  }

  private Future<Map<String, Object>> segment(Map<String, Object> body) {
    return definitions
        .get(Kind.SEGMENT, body)
        .compose(
            segment -> {
              var members = members(segment.key(), 1);
              var backfill = backfill(segment.key());
              return Future.all(members, backfill)
                  .map(
                      all -> {
                        var view = new LinkedHashMap<>(Views.definition(segment));
                        view.put("size", members.result().size());
                        view.putAll(backfill.result());
                        return view;
                      });
            });
  }

  /** How far a past is filled in; a segment can be looked at also where nobody says. */
  private Future<Map<String, Object>> backfill(String segment) {
    return bus.ask(Addresses.BACKFILLS, new GetBackfills())
        .map(backfills -> Views.backfill(segment, backfills))
        .otherwise(Map.of());
  }

  private Future<Map<String, Object>> members(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var key = arguments.text("key");
    int limit = arguments.limit(SHOWN, MOST);
    arguments.end();
    return definitions
        .get(Kind.SEGMENT, Map.of("key", key))
        .compose(segment -> members(key, limit))
        .map(
            members ->
                Map.of(
                    "size",
                    members.size(),
                    "profiles",
                    members.members().stream().limit(limit).map(SegmentOperations::view).toList()));
  }

  private static Map<String, Object> view(Member member) {
    return Map.of("profileId", member.profile().toString(), "since", Times.iso(member.since()));
  }

  /** Over all owners, the newest members first. */
  private Future<Members> members(String segment, int limit) {
    var asked = new ArrayList<Future<Members>>();
    for (int owner = 0; owner < topology.instances("segmentation"); owner++) {
      asked.add(bus.ask(Addresses.MEMBERS.to(owner), new GetMembers(segment, limit)));
    }
    return Future.all(asked)
        .map(
            all -> {
              long size = 0;
              var members = new ArrayList<Member>();
              for (var one : all.<Members>list()) {
                size += one.size();
                members.addAll(one.members());
              }
              members.sort(Comparator.comparingLong(Member::since).reversed());
              return new Members(size, members);
            });
  }
}
