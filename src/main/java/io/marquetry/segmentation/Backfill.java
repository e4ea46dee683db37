package io.marquetry.segmentation;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IdentityMessage.Attribute;
import io.marquetry.bus.IngestMessage.GetLogStatus;
import io.marquetry.bus.IngestMessage.LogPage;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.ReadLog;
import io.marquetry.bus.SegmentationMessage.Backfills;
import io.marquetry.bus.SegmentationMessage.BeginFill;
import io.marquetry.bus.SegmentationMessage.EndFill;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.bus.SegmentationMessage.Fills;
import io.marquetry.bus.SegmentationMessage.GetFills;
import io.marquetry.bus.SegmentationMessage.Past;
import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Happening;
import io.marquetry.condition.Window;
import io.marquetry.kit.Shards;
import io.marquetry.platform.ComponentContext;
import io.marquetry.segmentation.core.ProfileOwner;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that behaviours which turn up later get their past from the log, in the background.
 *
 * <p>One instance does it for all. It has every owner begin to count, then reads the log once, a
 * small page at a time, has identity say whose the events are by now, and hands each owner its own;
 * when everybody has everything, the segments are made true. It remembers nothing itself: how far a
 * pass has come is what the owners have stored, so after a crash it goes on from there, and what an
 * owner is given twice it passes over. It works half the time at most, so that beacons find the
 * loops free.
 */
final class Backfill {
  private static final Logger LOG = LoggerFactory.getLogger(Backfill.class);
  private static final int PAGE = 250;
  private static final long AGAIN_MILLIS = 25;

  /** Whoever takes up a pass again that was over cannot say so. */
  private static final long LOOK_MILLIS = 10_000;

  private static final long LONGEST_PAUSE = 250;
  private static final long LONGEST_BREATH = 20;

  /** The first so many positions are gone through without a breath. */
  private static final long SHORT = 2_000;

  /** By how much the order of the log and that of arrival may differ. */
  private static final long MARGIN_MILLIS = 3_600_000;

  private final Vertx vertx;
  private final Bus bus;
  private final ComponentContext component;
  private final ProfileOwner owner;
  private final int owners;
  private boolean running;
  private boolean stopped;
  private boolean again;
  private boolean caughtUp;
  private long awaited = -1;
  private int failures;
  private String waiting = "";

  Backfill(Vertx vertx, Bus bus, ComponentContext component, ProfileOwner owner) {
    this.vertx = vertx;
    this.bus = bus;
    this.component = component;
    this.owner = owner;
    this.owners = component.instances();
  }

  /** Whether the log can be read at all where this runs. */
  static boolean isPossible(ComponentContext component) {
    var topology = component.topology();
    return topology.runs("ingest") && topology.runs("identity");
  }

  /** Looks for something to do from here on, also unasked. */
  void start() {
    vertx.setPeriodic(LOOK_MILLIS, tick -> wake());
  }

  /** Looks whether there is anything to do, and does it. */
  void wake() {
    if (running) {
      again = true;
    } else if (!stopped) {
      running = true;
      look();
    }
  }

  void stop() {
    stopped = true;
  }

  private Future<List<Fills>> ask(boolean segments) {
    var answers = new ArrayList<Future<Fills>>();
    for (int i = 0; i < owners; i++) {
      answers.add(bus.ask(Addresses.FILLS.to(i), new GetFills(segments)));
    }
    return Future.all(answers).map(all -> all.list());
  }

  private void look() {
    again = false;
    ask(false)
        .compose(this::work)
        .onComplete(done -> next(done.succeeded() && done.result(), done.cause()));
  }

  private void next(boolean more, @Nullable Throwable cause) {
    if (stopped) {
      return;
    }
    if (cause != null && failures++ == 0) {
      LOG.warn("behaviours wait for their past: {}", cause.toString());
    }
    waiting = cause == null ? "" : String.valueOf(cause.getMessage());
    failures = cause == null ? 0 : failures;
    if (more && cause == null) {
      look();
    } else if (again || cause != null) {
      long pause = Math.min(LONGEST_PAUSE, AGAIN_MILLIS << Math.min(failures, 6));
      vertx.setTimer(pause, timer -> look());
    } else {
      running = false;
    }
  }

  /** Does one thing; whether there may be another. */
  private Future<Boolean> work(List<Fills> states) {
    var lacking = lacking(states);
    if (!lacking.isEmpty()) {
      return begin(states, lacking);
    }
    again |= states.stream().anyMatch(one -> !one.unborn().isEmpty()); // not defined everywhere yet
    var open = together(states).stream().filter(pass -> !pass.over()).findFirst();
    if (open.isEmpty()) {
      return Future.succeededFuture(false);
    }
    long applied = states.stream().mapToLong(Fills::applied).max().orElse(0);
    return open.get().position() >= open.get().end() ? end(open.get()) : pass(open.get(), applied);
  }

  /**
   * Behaviours everybody is asked about and somebody does not count, or counts by another pass: not
   * everybody heard of the last one, and what moves between owners is told by the number.
   */
  static Set<String> lacking(List<Fills> states) {
    var lacking = new TreeSet<String>();
    var passes = new HashMap<String, Integer>();
    for (var one : states) {
      lacking.addAll(one.unborn());
      newest(one)
          .forEach(
              (behaviour, pass) -> {
                if (!passes.computeIfAbsent(behaviour, first -> pass).equals(pass)) {
                  lacking.add(behaviour);
                }
              });
    }
    for (var one : states) {
      var asked = new TreeSet<>(one.unborn());
      one.fills().forEach(pass -> asked.addAll(pass.behaviours()));
      lacking.retainAll(asked);
    }
    return lacking;
  }

  /** By which pass an owner counts each behaviour. */
  private static Map<String, Integer> newest(Fills state) {
    var newest = new HashMap<String, Integer>();
    for (var pass : state.fills()) {
      pass.behaviours().forEach(behaviour -> newest.merge(behaviour, pass.pass(), Math::max));
    }
    return newest;
  }

  /** The passes of all owners as one. */
  private static List<FillState> together(List<Fills> states) {
    var passes =
        states.stream()
            .flatMap(one -> one.fills().stream())
            .filter(pass -> !pass.behaviours().isEmpty())
            .collect(Collectors.groupingBy(FillState::pass, TreeMap::new, Collectors.toList()));
    return passes.values().stream().map(Backfill::together).flatMap(List::stream).toList();
  }

  private static List<FillState> together(Collection<FillState> of) {
    var first = of.iterator().next();
    var since = new ArrayList<Long>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      int at = shard;
      since.add(of.stream().mapToLong(one -> one.since().get(at)).max().orElse(0));
    }
    long position = of.stream().mapToLong(FillState::position).min().orElse(0);
    boolean over = of.stream().allMatch(FillState::over);
    return List.of(
        new FillState(first.pass(), first.behaviours(), first.segments(), position, since, over));
  }

  /**
   * Not before all is applied again that was when this started: stored profiles may be ahead of
   * what their owner has applied, and what they passed over would be counted by nobody.
   */
  private Future<Boolean> begin(List<Fills> states, Set<String> behaviours) {
    caughtUp |= states.stream().allMatch(Fills::fresh);
    if (!caughtUp) {
      return bus.ask(Addresses.LOG_STATUS, new GetLogStatus())
          .compose(
              log -> {
                awaited = awaited < 0 ? log.position() : awaited;
                caughtUp = log.applied() >= awaited;
                return caughtUp ? begin(states, behaviours) : vertx.timer(AGAIN_MILLIS).map(true);
              });
    }
    int pass = states.stream().mapToInt(Fills::newest).max().orElse(0) + 1;
    return toAll(
            i -> bus.ask(Addresses.BEGIN_FILL.to(i), new BeginFill(pass, List.copyOf(behaviours))))
        .map(true);
  }

  private Future<Boolean> end(FillState pass) {
    LOG.info("behaviours of pass {} are filled in up to {}", pass.pass(), pass.end());
    return toAll(i -> bus.ask(Addresses.END_FILL.to(i), new EndFill(pass.pass()))).map(true);
  }

  private Future<Void> toAll(Function<Integer, Future<?>> ask) {
    var asked = new ArrayList<Future<?>>();
    for (int i = 0; i < owners; i++) {
      asked.add(ask.apply(i));
    }
    return Future.all(asked).mapEmpty();
  }

  private Future<Boolean> pass(FillState pass, long applied) {
    if (!isPossible(component)) {
      return Future.failedFuture(new IllegalStateException("the event log is not here"));
    }
    if (pass.position() == 0) {
      var span = span(pass.pass());
      if (span != null && pass.end() > PAGE) {
        long from = component.clock().millis() - span - MARGIN_MILLIS;
        return seek(0, pass.end(), from)
            .compose(
                start ->
                    start == 0 ? page(pass, 0, applied) : hand(pass, List.of(), start, applied));
      }
    }
    return page(pass, pass.position(), applied);
  }

  /**
   * How far back what a pass fills in can matter at all, in milliseconds; null for all the past.
   */
  private @Nullable Long span(int pass) {
    long longest = 0;
    for (var behaviour : owner.plan().behaviours(pass)) {
      if (!(behaviour instanceof Behaviour.Did(_, Window.Sliding(var length), _))) {
        return null;
      }
      longest = Math.max(longest, length.toMillis());
    }
    return longest == 0 ? null : longest;
  }

  /** A position behind which everything arrived that arrived after a moment, by halving. */
  private Future<Long> seek(long low, long high, long moment) {
    if (high - low <= PAGE) {
      return Future.succeededFuture(low);
    }
    long middle = (low + high) >>> 1;
    return bus.ask(Addresses.READ_LOG, new ReadLog(middle, 1))
        .compose(
            page -> {
              boolean before =
                  !page.events().isEmpty()
                      && page.events().getFirst().event().receivedAt() < moment;
              return before ? seek(middle, high, moment) : seek(low, middle, moment);
            });
  }

  private Future<Boolean> page(FillState pass, long from, long applied) {
    long began = component.ticks().nanos();
    return bus.ask(Addresses.READ_LOG, new ReadLog(from, PAGE))
        .compose(read -> hand(pass, ofInterest(pass, read), through(pass, from, read), applied))
        .compose(more -> breathe(from, component.ticks().nanos() - began).map(more));
  }

  /** Where the log ends early, the rest of the positions were never used. */
  private static long through(FillState pass, long from, LogPage read) {
    return read.through() == from ? pass.end() : Math.min(pass.end(), read.through());
  }

  private List<Logged> ofInterest(FillState pass, LogPage read) {
    var names =
        owner.plan().behaviours(pass.pass()).stream()
            .flatMap(behaviour -> behaviour.happenings().stream())
            .map(Happening::event)
            .collect(Collectors.toSet());
    return read.events().stream()
        .filter(one -> one.position() <= pass.end() && names.contains(one.event().name()))
        .toList();
  }

  /** Hands everybody their own; what is just moving is handed out again with the next look. */
  private Future<Boolean> hand(FillState pass, List<Logged> events, long through, long applied) {
    return bus.ask(Addresses.ATTRIBUTE, new Attribute(events, applied))
        .compose(
            whose -> {
              var byOwner = new ArrayList<List<Past>>();
              for (int i = 0; i < owners; i++) {
                byOwner.add(new ArrayList<>());
              }
              for (int i = 0; i < events.size(); i++) {
                var holder = whose.holders().get(i);
                var past = new Past(holder, whose.origins().get(i), events.get(i));
                if (past.logged().position() <= pass.since().get(Shards.of(past.origin()))) {
                  byOwner.get(Shards.owner(holder, owners)).add(past);
                }
              }
              return fill(pass, byOwner, through, applied);
            });
  }

  /**
   * Nobody has reached the end of the page before everybody could count all of it, since an event
   * may move from one owner to another in between.
   */
  private Future<Boolean> fill(FillState pass, List<List<Past>> byOwner, long through, long asOf) {
    var filled = new ArrayList<Future<Boolean>>();
    for (int i = 0; i < owners; i++) {
      if (!byOwner.get(i).isEmpty()) {
        filled.add(
            bus.ask(
                    Addresses.FILL.to(i),
                    new Fill(pass.pass(), byOwner.get(i), pass.position(), asOf))
                .map(answer -> answer.later().isEmpty()));
      }
    }
    return Future.all(filled)
        .compose(
            all ->
                all.<Boolean>list().contains(false)
                    ? vertx.timer(AGAIN_MILLIS).map(true)
                    : toAll(
                            i ->
                                bus.ask(
                                    Addresses.FILL.to(i),
                                    new Fill(pass.pass(), List.of(), through, asOf)))
                        .map(true));
  }

  private Future<Void> breathe(long from, long nanos) {
    long millis = Math.clamp(nanos / 1_000_000, 1, LONGEST_BREATH);
    return from < SHORT ? Future.succeededFuture() : vertx.timer(millis).mapEmpty();
  }

  /** How it stands with all passes. */
  Future<Backfills> state() {
    return ask(true)
        .map(
            states -> {
              var cuts = new TreeMap<String, Long>();
              states.forEach(one -> one.cuts().forEach((key, n) -> cuts.merge(key, n, Long::sum)));
              return new Backfills(together(states), waiting, cuts);
            });
  }
}
