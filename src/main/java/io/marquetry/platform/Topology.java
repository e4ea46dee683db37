package io.marquetry.platform;

import io.vertx.core.ThreadingModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What runs, as {@code verticles.json} says: components by name, in order of start; in a cluster
 * also those that run in another process.
 *
 * @param eventLoops how many event loops, 0 for one a core
 */
public record Topology(int eventLoops, ClusterSettings cluster, List<Placement> placements) {
  /** Components that own shards and so run as often as wanted; the others run once. */
  private static final Set<String> SCALED = Set.of("segmentation", "decisioning", "http");

  /** The component that carries the faces of the others; of no concern to other processes. */
  public static final String FACES = "http";

  public Topology {
    placements = List.copyOf(placements);
  }

  /** Everything in this process. */
  public Topology(int eventLoops, List<Placement> placements) {
    this(eventLoops, ClusterSettings.ALONE, placements);
  }

  /**
   * One component's place.
   *
   * @param instances how many run, in all processes together
   * @param here which of them run in this process, by their numbers from 0
   * @param config its own settings
   */
  public record Placement(
      String component,
      int instances,
      List<Integer> here,
      ThreadingModel threading,
      Map<String, Object> config) {
    public Placement {
      here = List.copyOf(here);
    }

    /** All of them in this process. */
    public Placement(
        String component, int instances, ThreadingModel threading, Map<String, Object> config) {
      this(component, instances, all(instances), threading, config);
    }

    private static List<Integer> all(int instances) {
      return IntStream.range(0, instances).boxed().toList();
    }
  }

  /**
   * Reads {@code verticles.json}.
   *
   * @param json the content of {@code verticles.json}
   * @param known the names there are
   * @throws StartupProblem naming what is wrong
   */
  public static Topology parse(Map<String, Object> json, Set<String> known) {
    var settings = Settings.of("", json);
    var vertx = settings.object("vertx");
    int eventLoops = vertx.integer("eventLoops", 0, 0, 256);
    var cluster = ClusterSettings.read(vertx);
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
    var topology = new Topology(eventLoops, cluster, placements);
    topology.requireAllHere();
    return topology;
  }

  /** Alone, what does not run here runs nowhere, and would be waited for in vain. */
  private void requireAllHere() {
    for (var placement : placements) {
      boolean all = placement.here().size() == placement.instances();
      if (!all && (!cluster.clustered() || placement.component().equals(FACES))) {
        throw new StartupProblem(
            "verticles.json: not all instances of %s are here; %s"
                .formatted(
                    placement.component(),
                    cluster.clustered()
                        ? "each process has an http of its own"
                        : "that takes \"vertx\": {\"clustered\": true}"));
      }
    }
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
    var here = here(settings, path, instances);
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
        component,
        instances,
        here,
        threading,
        config == null ? Map.of() : (Map<String, Object>) config);
  }

  private static List<Integer> here(Settings settings, String path, int instances) {
    var here = settings.integers("here", Placement.all(instances), 0, instances - 1);
    if (new HashSet<>(here).size() < here.size()) {
      throw new StartupProblem("verticles.json: " + path + ".here names an instance twice");
    }
    return here;
  }

  /** How many instances of a component run, in all processes together; 0 where it does not. */
  public int instances(String component) {
    for (var placement : placements) {
      if (placement.component().equals(component)) {
        return placement.instances();
      }
    }
    return 0;
  }

  /** Whether a component runs, here or in another process. */
  public boolean runs(String component) {
    return instances(component) > 0;
  }
}
