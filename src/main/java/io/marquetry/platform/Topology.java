package io.marquetry.platform;

import io.vertx.core.ThreadingModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What runs in this process, as {@code verticles.json} says: components by name, in order of start.
 *
 * @param eventLoops how many event loops, 0 for one a core
 */
public record Topology(int eventLoops, List<Placement> placements) {
  /** Components that own shards and so run as often as wanted; the others run once. */
  private static final Set<String> SCALED = Set.of("segmentation", "decisioning", "http");

  public Topology {
    placements = List.copyOf(placements);
  }

  /**
   * One component's place.
   *
   * @param instances how many run
   * @param config its own settings
   */
  public record Placement(
      String component, int instances, ThreadingModel threading, Map<String, Object> config) {}

  /**
   * Reads {@code verticles.json}.
   *
   * @param json the content of {@code verticles.json}
   * @param known the names there are
   * @throws StartupProblem naming what is wrong
   */
  public static Topology parse(Map<String, Object> json, Set<String> known) {
    var settings = Settings.of("", json);
    int eventLoops = settings.object("vertx").integer("eventLoops", 0, 0, 256);
    settings.ignore("verticles");
    var placements = new ArrayList<Placement>();
    var seen = new HashSet<String>();
    for (var entry : entries(json)) {
      var placement = placement(entry, placements.size(), known);
      if (!seen.add(placement.component())) {
        throw new StartupProblem(
            "verticles.json: " + placement.component() + " is listed twice; use instances");
      }
      placements.add(placement);
    }
    settings.check();
    return new Topology(eventLoops, placements);
  }

  private static List<?> entries(Map<String, Object> json) {
    if (json.get("verticles") instanceof List<?> list && !list.isEmpty()) {
      return list;
    }
    throw new StartupProblem("verticles.json: verticles must be a list that is not empty");
  }

  @SuppressWarnings("unchecked")
  private static Placement placement(Object entry, int index, Set<String> known) {
    var path = "verticles[" + index + "]";
    if (!(entry instanceof Map<?, ?> map)) {
      throw new StartupProblem("verticles.json: " + path + " must be an object");
    }
    var settings = Settings.of(path, (Map<String, Object>) map);
    var component = settings.text("verticle", "");
    if (!known.contains(component)) {
      throw new StartupProblem(
          "verticles.json: %s.verticle is '%s'; known are %s"
              .formatted(path, component, known.stream().sorted().toList()));
    }
    int instances = settings.integer("instances", 1, 1, 64);
    if (instances > 1 && !SCALED.contains(component)) {
      throw new StartupProblem(
          "verticles.json: %s runs once in a process; instances are for %s"
              .formatted(component, SCALED.stream().sorted().toList()));
    }
    var threading =
        switch (settings.text("threading", "event-loop")) {
          case "event-loop" -> ThreadingModel.EVENT_LOOP;
          case "virtual" -> ThreadingModel.VIRTUAL_THREAD;
          default ->
              throw new StartupProblem(
                  "verticles.json: " + path + ".threading is event-loop or virtual");
        };
    settings.ignore("config");
    settings.check();
    var config = map.get("config");
    return new Placement(
        component, instances, threading, config == null ? Map.of() : (Map<String, Object>) config);
  }

  /** How many instances of a component run here; 0 where it does not. */
  public int instances(String component) {
    for (var placement : placements) {
      if (placement.component().equals(component)) {
        return placement.instances();
      }
    }
    return 0;
  }

  public boolean runs(String component) {
    return instances(component) > 0;
  }
}
