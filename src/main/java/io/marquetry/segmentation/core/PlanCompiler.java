package io.marquetry.segmentation.core;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Condition;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.MalformedConditionException;
import io.marquetry.condition.SegmentGraph;
import io.marquetry.condition.Window;
import io.marquetry.segmentation.core.SegmentPlan.Reader;
import io.marquetry.segmentation.core.SegmentPlan.Readers;
import io.marquetry.segmentation.core.SegmentPlan.Rule;
import io.marquetry.segmentation.core.Watchers.Watch;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link SegmentPlan} of a catalogue.
 *
 * <p>Design note: besides the segments people define, every behaviour that a live rule or variant
 * asks about becomes a hidden segment of its own, {@code ~} and the behaviour's id. Decisions then
 * read all behaviour from memberships and need no counters. A definition that makes no sense is
 * left out and named; of segments in a circle, one is left out, which opens it.
 */
public final class PlanCompiler {
  private final @Nullable Passes passes;
  private final Map<String, Condition> segments = new TreeMap<>();
  private final Map<String, Behaviour> hidden = new TreeMap<>();
  private final Set<FieldPath> projected = new TreeSet<>();
  private final Map<String, String> faults = new TreeMap<>();

  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final Map<Behaviour, TreeSet<Integer>> behaviours = new LinkedHashMap<>();
  private final Map<FieldPath, TreeSet<Integer>> fields = new TreeMap<>();
  private final BitSet onSession = new BitSet();

  private PlanCompiler(@Nullable Passes passes) {
    this.passes = passes;
  }

  private int pass(Behaviour behaviour) {
    return passes == null ? Passes.NONE : passes.of(behaviour.id());
  }

  /** Compiles what a catalogue defines, as if behaviours had been counted from the beginning. */
  public static SegmentPlan compile(Catalogue catalogue) {
    return compile(catalogue, null);
  }

  /**
   * Compiles what a catalogue defines. Never fails: what is wrong is in the plan's faults.
   *
   * @param passes since when behaviours are counted; null for the beginning
   */
  public static SegmentPlan compile(Catalogue catalogue, @Nullable Passes passes) {
    return compile(PlanSource.of(catalogue), passes);
  }

  /** The same of what was taken out of a catalogue. */
  public static SegmentPlan compile(PlanSource source, @Nullable Passes passes) {
    var compiler = new PlanCompiler(passes);
    source.segments().forEach(compiler::segment);
    source.deciding().forEach(compiler::decidedBy);
    source.projected().forEach(compiler::project);
    return compiler.plan(false);
  }

  static SegmentPlan none() {
    return new PlanCompiler(null).plan(true);
  }

  private void segment(String key, @Nullable Object json) {
    if (key.startsWith(SegmentPlan.HIDDEN)) {
      faults.put("segment " + key, "a key must not begin with " + SegmentPlan.HIDDEN);
      return;
    }
    var condition = parse("segment " + key, json);
    if (condition != null) {
      segments.put(key.intern(), condition);
    }
  }

  private void decidedBy(String name, Object when) {
    var condition = parse(name, when);
    if (condition != null) {
      condition.fields().forEach(this::project);
      condition.behaviours().forEach(one -> hidden.put(SegmentPlan.HIDDEN + one.id(), one));
    }
  }

  private @Nullable Condition parse(String name, @Nullable Object json) {
    try {
      return Condition.parse(json);
    } catch (MalformedConditionException e) {
      faults.put(name, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void project(String path) {
    project(FieldPath.of(path));
  }

  /** The request itself says what its context is; a profile's is that of the last event. */
  private void project(FieldPath path) {
    if (Root.of(path.root()) != Root.CONTEXT) {
      projected.add(path);
    }
  }

  private SegmentPlan plan(boolean none) {
    var graph = openGraph();
    graph.order().forEach(key -> numbers.put(key, numbers.size()));
    hidden.keySet().forEach(key -> numbers.put(key.intern(), numbers.size()));
    segments.forEach((key, condition) -> index(number(key), condition));
    hidden.forEach((key, behaviour) -> reads(number(key), behaviour));
    project("isReturning");
    project("visits");
    return new SegmentPlan(rules(), tracked(), readers(), faults, none ? "" : fingerprint());
  }

  private int number(String key) {
    return numbers.getOrDefault(key, -1);
  }

  /** The order of segments; leaves out what stands on a circle until there is none. */
  private SegmentGraph openGraph() {
    while (true) {
      try {
        return SegmentGraph.of(segments);
      } catch (MalformedConditionException e) {
        var key = segments.keySet().stream().filter(one -> isOnCircle(one)).findFirst();
        key.ifPresent(segments::remove);
        faults.put("segment " + key.orElseThrow(() -> e), String.valueOf(e.getMessage()));
      }
    }
  }

  private boolean isOnCircle(String key) {
    var reached = new TreeSet<String>();
    var next = new ArrayList<>(List.of(key));
    while (!next.isEmpty()) {
      var condition = segments.get(next.removeLast());
      for (var used : condition == null ? Set.<String>of() : condition.segments()) {
        if (reached.add(used)) {
          next.add(used);
        }
      }
    }
    return reached.contains(key);
  }

  private void index(int number, Condition condition) {
    for (var field : condition.fields()) {
      fields.computeIfAbsent(field, key -> new TreeSet<>()).add(number);
      if (Root.of(field.root()) == Root.SESSION) {
        onSession.set(number);
      }
    }
    condition.behaviours().forEach(behaviour -> reads(number, behaviour));
  }

  private void reads(int number, Behaviour behaviour) {
    behaviours.computeIfAbsent(behaviour, key -> new TreeSet<>()).add(number);
    if (behaviour instanceof Behaviour.Did did && did.window() instanceof Window.Session) {
      onSession.set(number);
    }
  }

  private List<Rule> rules() {
    var dependants = new HashMap<String, List<Integer>>();
    segments.forEach(
        (key, condition) ->
            condition
                .segments()
                .forEach(
                    used ->
                        dependants
                            .computeIfAbsent(used, one -> new ArrayList<>())
                            .add(number(key))));
    var rules = new ArrayList<Rule>();
    for (var key : numbers.keySet()) {
      var condition = segments.get(key);
      var behaviour = hidden.get(key);
      var readers = List.copyOf(dependants.getOrDefault(key, List.of()));
      if (condition != null) {
        rules.add(new Rule(key, condition::test, readers, open(condition.behaviours())));
      } else if (behaviour != null) {
        rules.add(new Rule(key, view -> view.behaved(behaviour), readers, open(Set.of(behaviour))));
      }
    }
    return rules;
  }

  /** The passes, sorted, that are not over and that an answer hangs on. */
  private int[] open(Set<Behaviour> read) {
    return read.stream()
        .mapToInt(this::pass)
        .filter(pass -> passes != null && (pass == Passes.UNBORN || !passes.isOver(pass)))
        .distinct()
        .sorted()
        .toArray();
  }

  private SegmentPlan.Behaviours tracked() {
    var all = new LinkedHashMap<Behaviour, Tracked>();
    var byEvent = new HashMap<String, List<Watch>>();
    behaviours.forEach(
        (behaviour, numbers) -> {
          var tracked = new Tracked(behaviour, pass(behaviour), List.copyOf(numbers));
          all.put(behaviour, tracked);
          if (tracked.pass() == Passes.UNBORN) {
            return; // nobody looks for it yet
          }
          var happenings = behaviour.happenings();
          for (int i = 0; i < happenings.size(); i++) {
            byEvent
                .computeIfAbsent(happenings.get(i).event(), key -> new ArrayList<>())
                .add(Watch.of(tracked, i));
          }
        });
    var watchers = new HashMap<String, Watchers>();
    byEvent.forEach((event, watching) -> watchers.put(event, new Watchers(watching)));
    return new SegmentPlan.Behaviours(watchers, all);
  }

  private SegmentPlan.Fields readers() {
    var paths = new TreeSet<>(fields.keySet());
    paths.addAll(projected);
    var readers = new EnumMap<Root, Readers>(Root.class);
    for (var path : paths) {
      var root = Root.of(path.root());
      var numbers = fields.getOrDefault(path, new TreeSet<>());
      var reader = new Reader(path, List.copyOf(numbers), projected.contains(path));
      var family =
          readers.computeIfAbsent(root, key -> new Readers(new HashMap<>(), new ArrayList<>()));
      if (root == Root.SELF) {
        family.byName().computeIfAbsent(path.root(), key -> new ArrayList<>()).add(reader);
      } else if (path.size() == 1) {
        family.whole().add(reader);
      } else {
        family.byName().computeIfAbsent(path.name(1), key -> new ArrayList<>()).add(reader);
      }
    }
    return new SegmentPlan.Fields(readers, onSession, List.copyOf(projected));
  }

  private String fingerprint() {
    var text = new StringBuilder();
    segments.forEach(
        (key, condition) ->
            text.append(key).append('\n').append(condition.canonical()).append('\n'));
    hidden.keySet().forEach(key -> text.append(key).append('\n'));
    behaviours.keySet().stream()
        .map(behaviour -> behaviour.id() + ' ' + pass(behaviour))
        .sorted()
        .forEach(counted -> text.append(counted).append('\n'));
    if (passes != null) {
      text.append(passes.open());
    }
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var hash = digest.digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
