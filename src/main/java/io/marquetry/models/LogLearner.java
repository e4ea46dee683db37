package io.marquetry.models;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.LogPage;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.ReadLog;
import io.marquetry.bus.IngestMessage.Stored;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.kit.Id128;
import io.marquetry.models.core.BuiltIn;
import io.marquetry.models.core.Learner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the built-in models learn the log: all of it after a start, then what is added.
 *
 * <p>Reading happens on the component's loop, a page at a time; learning and summing up on a worker
 * thread, one piece of work after the other, so that the learner has one user at a time and no
 * question for scores waits for it. Consent is asked for every event at the moment it is learned
 * from; while the copy of consent may be stale nothing is learned. Who withdraws is forgotten ahead
 * of everything that is not under way yet.
 */
final class LogLearner {
  private static final Logger LOG = LoggerFactory.getLogger(LogLearner.class);
  private static final int PAGE = 500;
  private static final long LOOK_AGAIN_MILLIS = 500;
  private static final int VERSIONS = 3;

  private final Vertx vertx;
  private final Bus bus;
  private final ConsentFollower consent;
  private final ModelsConfig config;
  private final List<BuiltIn> kept = new ArrayList<>();
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private Learner learner;
  private long position;
  private long seen;
  private long summedUp = -1;
  private long lag;
  private long timer;
  private boolean more = true;
  private boolean busy;
  private boolean due;
  private boolean begun;

  private record Lesson(Id128 visitor, Event event) {}

  LogLearner(Vertx vertx, Bus bus, ConsentFollower consent, ModelsConfig config) {
    this.vertx = vertx;
    this.bus = bus;
    this.consent = consent;
    this.config = config;
    learner = new Learner(config.maxItems(), config.maxVisitors());
  }

  Future<Void> start() {
    timer = vertx.setPeriodic(LOOK_AGAIN_MILLIS, tick -> step());
    vertx.setPeriodic(config.renewSeconds() * 1_000L, tick -> due = true);
    return bus.on(Addresses.STORED, this::note);
  }

  void stop() {
    vertx.cancelTimer(timer);
    more = false;
  }

  /** The newest model of what was learned. */
  BuiltIn current() {
    return kept.isEmpty() ? BuiltIn.NOTHING : kept.getFirst();
  }

  /** The models that can be asked for, newest first. */
  List<BuiltIn> versions() {
    return kept;
  }

  /** Events learned from. */
  long seen() {
    return seen;
  }

  /** Events stored that were not read yet. */
  long lag() {
    return lag;
  }

  private void note(Stored stored) {
    more = true;
    lag += stored.events().size();
  }

  /** Learns everything anew; completes when that is done. */
  Future<Void> again() {
    learner = new Learner(config.maxItems(), config.maxVisitors());
    position = 0;
    seen = 0;
    summedUp = -1;
    more = true;
    begun = false;
    var done = Promise.<Void>promise();
    waiting.add(done);
    step();
    return done.future();
  }

  /**
   * Forgets a visitor who no longer allows it, before anything else is learned; completes when what
   * is being learned now is through and they are forgotten.
   */
  Future<Void> consented(ConsentRecord record) {
    if (record.purposes().allows(Purpose.ANALYTICS)) {
      return Future.succeededFuture();
    }
    var now = learner;
    var keys = record.keys();
    return work(
        () -> {
          keys.forEach(now::forget);
          return null;
        });
  }

  private <T> Future<T> work(Callable<T> piece) {
    return vertx.executeBlocking(piece);
  }

  private void step() {
    if (busy || !consent.view().current(consent.now())) {
      return;
    }
    if (more) {
      read();
    } else if (!begun || (due && summedUp != position)) {
      sumUp();
    }
  }

  private void read() {
    busy = true;
    more = false;
    var now = learner;
    bus.ask(Addresses.READ_LOG, new ReadLog(position, PAGE))
        .compose(page -> learn(now, page))
        .onComplete(
            page -> {
              busy = false;
              if (now != learner) {
                step();
              } else if (page.succeeded()) {
                taken(page.result());
              } else {
                missed(page.cause());
              }
            });
  }

  private void taken(LogPage page) {
    boolean end = page.through() == position;
    position = page.through();
    lag = end ? 0 : Math.max(0, lag - page.events().size());
    more |= !end;
    step();
  }

  private void missed(@Nullable Throwable cause) {
    more = true;
    if (!(cause instanceof Refused)) {
      LOG.error("the log could not be learned from", cause);
    }
  }

  private Future<LogPage> learn(Learner by, LogPage page) {
    var lessons = new ArrayList<Lesson>();
    for (var logged : page.events()) {
      var visitor = Learner.teaches(logged.event()) ? allowed(logged) : null;
      if (visitor != null) {
        lessons.add(new Lesson(visitor, logged.event()));
      }
    }
    if (lessons.isEmpty()) {
      return Future.succeededFuture(page);
    }
    seen += lessons.size();
    return work(
        () -> {
          lessons.forEach(lesson -> by.learn(lesson.visitor(), lesson.event()));
          return page;
        });
  }

  /** Whom an event may be learned from as; null where it may not. */
  private @Nullable Id128 allowed(Logged logged) {
    var event = logged.event();
    var subject = event.subject();
    var visitor = subject.user() != null ? subject.user() : subject.device();
    boolean granted =
        consent
            .view()
            .grant(event.site(), Purpose.ANALYTICS, subject.keys(), false, consent.now())
            .isPresent();
    return granted ? visitor : null;
  }

  private void sumUp() {
    busy = true;
    due = false;
    var now = learner;
    long through = position;
    work(() -> now.models(through))
        .onComplete(
            built -> {
              busy = false;
              if (now == learner && built.succeeded()) {
                keep(built.result());
              }
              step();
            });
  }

  private void keep(BuiltIn built) {
    begun = true;
    summedUp = built.position();
    kept.removeIf(older -> older.position() == built.position());
    kept.addFirst(built);
    if (kept.size() > VERSIONS) {
      kept.removeLast();
    }
    var answered = List.copyOf(waiting);
    waiting.clear();
    answered.forEach(Promise::complete);
  }
}
