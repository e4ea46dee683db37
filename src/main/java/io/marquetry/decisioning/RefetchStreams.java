package io.marquetry.decisioning;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.decisioning.StreamPass.Viewer;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one event loop, on which clients of OFREP are told to evaluate anew: when
 * definitions are published, and when something changes of the visitor they show.
 *
 * <p>What changes within a moment is told once. A client that comes back after a break is told at
 * once, for it may have missed something; so is one whose visitor changed just before its stream
 * was open. Streams are bounded, and a client that does not read what it is sent is let go.
 */
final class RefetchStreams {
  private static final String EVENT = "event: message\ndata: {\"type\":\"refetchEvaluation\"}\n\n";
  private static final String BEAT = ":\n\n";
  private static final int QUEUE_BYTES = 2_048;
  private static final long GATHER_MILLIS = 20;
  private static final long BEAT_MILLIS = 20_000;
  private static final long RECENT_MILLIS = 3_000;
  private static final int MAX_RECENT = 50_000;

  private final Vertx vertx;
  private final Bus bus;
  private final int most;
  private final Function<Viewer, Future<@Nullable Id128>> profiles;
  private final Set<Stream> streams = new LinkedHashSet<>();
  private final Map<Id128, Set<Stream>> byVisitor = new HashMap<>();
  private final Set<Stream> due = new LinkedHashSet<>();

  /** Who changed lately, in two halves of which the older is forgotten at a time. */
  private Set<Id128> recent = new HashSet<>();

  private Set<Id128> lessRecent = new HashSet<>();
  private boolean publishedLately;
  private boolean following;
  private boolean closed;
  private long told;
  private long dropped;
  private long refused;

  /**
   * @param most streams at a time
   * @param profiles finds the profile of a viewer as it is now, null where nothing of it may be
   *     used; never fails
   */
  RefetchStreams(
      Vertx vertx, Bus bus, int most, Function<Viewer, Future<@Nullable Id128>> profiles) {
    this.vertx = vertx;
    this.bus = bus;
    this.most = most;
    this.profiles = profiles;
  }

  /** Whether another one may be offered. */
  boolean hasRoom() {
    return !closed && streams.size() < most;
  }

  /** Begins to listen for changes, once somebody may want to hear of them. */
  void follow() {
    if (following || closed) {
      return;
    }
    following = true;
    bus.on(
        Addresses.VISITORS_CHANGED,
        changed -> {
          for (var visitor : changed.visitors()) {
            change(visitor);
          }
        });
    vertx.setPeriodic(RECENT_MILLIS, tick -> forgetOlder());
    vertx.setPeriodic(BEAT_MILLIS, tick -> beat());
  }

  private void forgetOlder() {
    lessRecent = recent;
    recent = HashSet.newHashSet(lessRecent.size());
    publishedLately = false;
  }

  private boolean changedLately(@Nullable Id128 visitor) {
    return visitor != null && (recent.contains(visitor) || lessRecent.contains(visitor));
  }

  /** Definitions changed, for everybody. */
  void publish() {
    publishedLately = following;
    streams.forEach(this::touch);
  }

  private void change(Id128 visitor) {
    if (recent.size() < MAX_RECENT) {
      recent.add(visitor);
    }
    var concerned = byVisitor.get(visitor);
    if (concerned != null) {
      for (var stream : List.copyOf(concerned)) {
        touch(stream);
        stream.find();
      }
    }
  }

  private void touch(Stream stream) {
    if (due.isEmpty()) {
      vertx.setTimer(GATHER_MILLIS, fired -> tellDue());
    }
    due.add(stream);
  }

  private void tellDue() {
    var now = List.copyOf(due);
    due.clear();
    now.forEach(Stream::tell);
  }

  private void beat() {
    List.copyOf(streams).forEach(stream -> stream.write(BEAT));
  }

  /**
   * Opens a stream; there must be room.
   *
   * @param again whether the client was here before, and may have missed something since
   */
  void open(HttpServerResponse response, Viewer viewer, boolean again) {
    var stream = new Stream(response, viewer);
    streams.add(stream);
    stream.show(viewer.device());
    stream.show(viewer.user());
    response.closeHandler(gone -> stream.leave());
    response.exceptionHandler(broken -> stream.leave());
    response.setChunked(true).setWriteQueueMaxSize(QUEUE_BYTES);
    stream.write("retry: 2000\nid: " + told + "\n\n");
    stream.find();
    boolean missed = publishedLately || changedLately(viewer.device());
    if (again || missed || changedLately(viewer.user())) {
      touch(stream);
    }
  }

  /** One client's stream. */
  private final class Stream {
    private final HttpServerResponse response;
    private final Viewer viewer;
    private @Nullable Id128 profile;
    private boolean gone;

    Stream(HttpServerResponse response, Viewer viewer) {
      this.response = response;
      this.viewer = viewer;
    }

    void show(@Nullable Id128 visitor) {
      if (visitor != null) {
        byVisitor.computeIfAbsent(visitor, first -> new LinkedHashSet<>(2)).add(this);
      }
    }

    void hide(@Nullable Id128 visitor) {
      var shown = visitor == null ? null : byVisitor.get(visitor);
      if (shown != null && shown.remove(this) && shown.isEmpty()) {
        byVisitor.remove(visitor);
      }
    }

    /** The visitor's profile may be another one by now, or one that may be used again. */
    void find() {
      profiles.apply(viewer).onSuccess(this::take);
    }

    private void take(@Nullable Id128 found) {
      if (gone || Objects.equals(found, profile)) {
        return;
      }
      var names = new ArrayList<@Nullable Id128>();
      names.add(viewer.device());
      names.add(viewer.user());
      if (!names.contains(profile)) {
        hide(profile);
      }
      profile = found;
      show(found);
      if (changedLately(found)) {
        touch(this);
      }
    }

    void tell() {
      if (!gone) {
        write("id: " + ++told + "\n" + EVENT);
      }
    }

    void write(String text) {
      if (gone) {
        return;
      }
      if (response.writeQueueFull()) {
        dropped++;
        leave();
        response.reset();
        return;
      }
      response.write(text).onFailure(broken -> leave());
    }

    void leave() {
      if (!gone) {
        gone = true;
        streams.remove(this);
        due.remove(this);
        hide(viewer.device());
        hide(viewer.user());
        hide(profile);
      }
    }
  }

  /** Ends all streams; clients come back to whoever serves then. */
  Future<Void> close() {
    closed = true;
    for (var stream : List.copyOf(streams)) {
      stream.leave();
      stream.response.end();
    }
    return bus.leave();
  }

  /** Notes that a stream was asked for beyond the bound. */
  void refuse() {
    refused++;
  }

  int open() {
    return streams.size();
  }

  /** Times that a client was told to evaluate anew. */
  long told() {
    return told;
  }

  /** Clients that were let go because they did not read. */
  long dropped() {
    return dropped;
  }

  long refused() {
    return refused;
  }
}
