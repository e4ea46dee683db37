package io.marquetry.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.marquetry.bench.DecisionBench.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * flagd's evaluation inside a program, in Node: the decisions of {@link DecisionBench} by the same
 * rules, for the same visitors. Where no lot is drawn they are checked to be the same.
 *
 * <p>In its favour, everything that is known of a visitor is at hand when it is asked.
 */
final class FlagdCore {
  private static final String PACKAGE = "@openfeature/flagd-core";
  private static final int CHECKED = 20_000;
  private static final int SLACK_SECONDS = 60;

  private FlagdCore() {}

  /** What its script says. */
  record Rate(double perSecond) {}

  /** Holds a row against it; both are decisions for each second of CPU time. */
  static Row beside(Row row, Rig rig, double ours) {
    try {
      double theirs = perSecond(rig);
      var name = "flagd-core " + NodePeers.version(PACKAGE);
      return row.peer(name, Row.text("%.2f M/s", theirs / 1e6), theirs / ours, 1);
    } catch (NotInstalled e) {
      return row.peerless(e);
    }
  }

  private static double perSecond(Rig rig) {
    var file = rig.directory().resolve("flagd.json");
    var seconds = rig.plan().seconds();
    var command = NodePeers.script("flagd.mjs", file.toString(), Double.toString(seconds));
    write(file);
    var log = rig.directory().resolve("flagd.log");
    try (var process = Child.start("flagd-core", rig.cores().server(), command, Map.of(), log)) {
      int patience = (int) (2 * seconds) + SLACK_SECONDS;
      var line = process.await(said -> said.startsWith("{"), patience);
      return Order.read(line, Rate.class).perSecond();
    }
  }

  private static void write(Path file) {
    var flags =
        FlagdFlags.of(
            DecisionBench.catalogue(), DecisionBench.tables(), DecisionBench.components());
    var content =
        Map.of(
            "flags",
            flags,
            "visitors",
            DecisionBench.visitors().stream().map(FlagdCore::context).toList(),
            "requests",
            DecisionBench.requests(),
            "expected",
            expected());
    try {
      new ObjectMapper().writeValue(file.toFile(), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> context(Visitor visitor) {
    var context = new HashMap<String, Object>();
    context.put("targetingKey", visitor.id().toString());
    context.put("segments", visitor.segments());
    visitor.fields().forEach((path, value) -> put(context, path, value));
    return context;
  }

  /** A field such as {@code traits.plan} is a member of a member. */
  private static void put(Map<String, Object> context, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      context.put(path, value);
    } else {
      context.put(path.substring(0, dot), Map.of(path.substring(dot + 1), value));
    }
  }

  /** What we decide, null where by lot. */
  private static List<@Nullable String> expected() {
    var ours = new DecisionBench();
    var expected = new ArrayList<@Nullable String>();
    expected.add(null);
    while (expected.size() < CHECKED) {
      var choice = ours.one().getFirst();
      expected.add(choice.draw() == null ? choice.variant() : null);
    }
    return expected;
  }
}
