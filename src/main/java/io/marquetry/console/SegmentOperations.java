package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.SegmentationMessage.GetBackfills;
import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Times;
import io.marquetry.console.core.Views;
import io.marquetry.platform.Topology;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Looking at segments: who is in them, and how far the past has been counted. */
final class SegmentOperations {
  private static final int SHOWN = 100;
  private static final int MOST = 1_000;

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
