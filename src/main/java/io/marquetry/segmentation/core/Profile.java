package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.computed.Computed;
import io.marquetry.segmentation.core.computed.SessionIntent;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything held about one visitor.
 *
 * <p>Mutable, with a single owner. Design note: each part is a fold that does not depend on the
 * order in which events arrive, and has a bound; see the parts. {@link #fold} and {@link #absorb}
 * only gather what happened. What follows from it for segments is worked out by {@link
 * SegmentEngine}, which also keeps {@link #due}, the next moment at which time alone changes an
 * answer.
 */
final class Profile {
  static final int MAX_TRAITS = 200;
  static final int MAX_ATTRIBUTES = 50;
  static final int MAX_VIEWED = 8;
  static final int MAX_MERGED = 50;
  static final String RECENTLY_VIEWED = "recentlyViewed";

  final Id128 id;
  final String site;
  long version;
  long position;

  /** The position at which it began anew, for what came before to be told afterwards; else 0. */
  long begun;

  /** Fingerprint of the plan by which memberships and counts are right; empty if none is. */
  String plan = "";

  long firstSeen = Long.MAX_VALUE;
  long lastSeen = Long.MIN_VALUE;

  /** When a browser of it first turned up: from then on it can have been assigned to something. */
  long assignmentSince = Long.MAX_VALUE;

  /** The profile that browser had then; null where that is this one, or none turned up. */
  private @Nullable Id128 unit;

  long events;
  final Identities identities = new Identities();
  final LatestValues traits = new LatestValues(MAX_TRAITS);
  final LatestValues attributes = new LatestValues(MAX_ATTRIBUTES);
  final LatestValues viewed = new LatestValues(MAX_VIEWED);
  final Map<Root, Stamped> said = new EnumMap<>(Root.class);
  final Sessions sessions = new Sessions();
  final Map<String, Long> ever = new HashMap<>(4);

  /** What is remembered of behaviours that a number does not tell. */
  final Map<String, Trail> trails = new HashMap<>(4);

  final Computed computed = new Computed();
  final RecentEvents recent = new RecentEvents();

  /** Whether its last events are kept, see {@link Panel}. */
  boolean isRemembered = true;

  final Memberships memberships = new Memberships();
  final LinkedHashSet<Merged> merged = new LinkedHashSet<>();
  @Nullable Id128 mergedInto;

  /** The visit that was current when segments were last worked out. */
  @Nullable Session open;

  /** When computed attributes that somebody reads move next. */
  long moves = Trail.NEVER;

  /** What of its past it does not know yet. */
  final Gaps gaps = new Gaps();

  /** Came from the store: what time changed meanwhile is still to be worked out. */
  boolean asleep;

  long due = Trail.NEVER;
  int duePlace = -1;

  /** The due moment of which was told beforehand. */
  long foreseen = Trail.NEVER;

  /** How many changes to come were told by then. */
  int foretold;

  /** Neighbours in the order of use. */
  @Nullable Profile usedBefore;

  @Nullable Profile usedAfter;

  /** Changed since it was last made a row for the store. */
  boolean dirty;

  /** Made a row that is not known to be stored. */
  boolean unsaved;

  /** The values of {@link #viewed} in order; null until somebody asks. */
  private @Nullable List<Object> recentlyViewed;

  /** A profile that went up in this one, at a position of the log. */
  record Merged(Id128 from, long position) {}

  Profile(Id128 id, String site) {
    this.id = id;
    this.site = site;
  }

  /** When to look at it next: some time before it is due, to tell beforehand, and then again. */
  long lookAt() {
    return due == foreseen || due == Trail.NEVER ? due : due - DueQueue.LEAD;
  }

  /**
   * By whose id lots are drawn for this visitor: that of the profile which the first of their
   * browsers had when it turned up, so that they keep what they drew when profiles are joined.
   */
  Id128 unit() {
    return unit == null ? id : unit;
  }

  /**
   * Notes that an event came.
   *
   * @param then the profile it was for at its time
   */
  void seen(Id128 then, Event event) {
    var subject = event.subject();
    if (subject.device() != null || subject.otherDevice() != null) {
      assigned(then, event.receivedAt());
    }
  }

  void assigned(Id128 as, long since) {
    if (since < assignmentSince) {
      assignmentSince = since;
      unit = as.equals(id) ? null : as;
    }
  }

  /** Takes in one event; null where it is too old to belong to a visit, or belongs to none. */
  @Nullable Session fold(Occurrence event, long timeout, Touch touch) {
    times(event, touch);
    identify(event.event());
    long visits = sessions.visits();
    var session = event.isVisit() ? sessions.add(event, timeout) : null;
    visits(visits, touch);
    event
        .traits()
        .forEach(
            (name, value) ->
                traits.offer(name, new Stamped(event.stamp(), value), listen(Root.TRAITS, touch)));
    event.said().forEach((root, map) -> say(root, new Stamped(event.stamp(), map), touch));
    var product = event.product();
    if (product != null) {
      view(product.id(), new Stamped(event.stamp(), product.shown()), touch);
    }
    compute(event, session, touch);
    if (isRemembered) {
      recent.add(event.stamp(), RecentEvent.of(event.event(), event.page()));
    } else {
      recent.forgetAll(event.at());
    }
    return session;
  }

  private void times(Occurrence event, Touch touch) {
    long at = event.at();
    if (at < firstSeen) {
      touch.changed(Root.SELF, "firstSeen", null, at);
      firstSeen = at;
    }
    if (at > lastSeen) {
      touch.changed(Root.SELF, "lastSeen", null, at);
      lastSeen = at;
    }
    events++;
    touch.changed(Root.SELF, "events", null, events);
  }

  private void visits(long before, Touch touch) {
    long now = sessions.visits();
    if (now != before) {
      touch.changed(Root.SELF, "visits", before, now);
      touch.changed(Root.SELF, "isReturning", before > 1, now > 1);
    }
  }

  private void compute(Occurrence event, @Nullable Session session, Touch touch) {
    var landing = event.page().view() ? Session.Landing.of(event) : null;
    var road = landing == null ? null : landing.channel();
    for (var name : computed.take(event.event(), road)) {
      touch.moved(Root.ATTRIBUTES, name);
    }
    if (session != null) {
      session.deeds = session.deeds.and(event.event());
      touch.moved(Root.SESSION, SessionIntent.NAME);
    }
  }

  private void identify(Event event) {
    var subject = event.subject();
    var device = subject.anonymousId();
    if (device != null && device.length() <= 256) {
      identities.observe("anonymous", device, subject.device() != null, event.at());
    }
    var user = subject.userId();
    if (user != null && user.length() <= 256) {
      identities.observe("user", user, subject.user() != null, event.at());
    }
  }

  private void say(Root root, Stamped offered, Touch touch) {
    if (root == Root.ATTRIBUTES) {
      map(offered.value())
          .forEach(
              (name, value) ->
                  attributes.offer(name, new Stamped(offered.stamp(), value), listen(root, touch)));
      return;
    }
    var known = said.get(root);
    if (known != null && known.stamp().compareTo(offered.stamp()) >= 0) {
      return;
    }
    said.put(root, offered);
    if (touch.follows(root)) {
      var before = map(known == null ? null : known.value());
      var now = map(offered.value());
      now.forEach((name, value) -> touch.changed(root, name, before.get(name), value));
      before.forEach(
          (name, value) -> {
            if (!now.containsKey(name)) {
              touch.changed(root, name, value, null);
            }
          });
    }
  }

  private void view(String product, Stamped offered, Touch touch) {
    viewed.offer(
        product,
        offered,
        (name, before, now) -> {
          recentlyViewed = null;
          touch.moved(Root.ATTRIBUTES, RECENTLY_VIEWED);
        });
  }

  private static LatestValues.Listener listen(Root root, Touch touch) {
    return (name, before, now) -> touch.changed(root, name, before, now);
  }

  /** Takes over another history of the same person; what either says later or earlier holds. */
  void absorb(Profile other, long timeout) {
    firstSeen = Math.min(firstSeen, other.firstSeen);
    lastSeen = Math.max(lastSeen, other.lastSeen);
    assigned(other.unit(), other.assignmentSince);
    events += other.events;
    version = Math.max(version, other.version);
    identities.absorb(other.identities);
    offerAll(traits, other.traits);
    offerAll(attributes, other.attributes);
    offerAll(viewed, other.viewed);
    recentlyViewed = null;
    other.said.forEach((root, stamped) -> said.merge(root, stamped, Stamped::later));
    sessions.absorb(other.sessions, timeout);
    computed.absorb(other.computed);
    recent.absorb(other.recent);
    gaps.absorb(other.gaps);
    merged.addAll(other.merged);
    boundMerged();
  }

  private static void offerAll(LatestValues into, LatestValues from) {
    from.all().forEach((name, stamped) -> into.offer(name, stamped, (key, before, now) -> {}));
  }

  /** Remembers whom it took over, so that being told twice changes nothing. */
  void remember(Id128 from, long at) {
    merged.add(new Merged(from, at));
    boundMerged();
  }

  boolean hasTakenOver(Id128 from, long at) {
    return merged.contains(new Merged(from, at));
  }

  private void boundMerged() {
    while (merged.size() > MAX_MERGED) {
      merged.removeFirst();
    }
  }

  SessionIntent intent(Session session) {
    return new SessionIntent(
        session.deeds, session.first.at(), session.last, sessions.visits() <= 1);
  }

  /** When values of this profile move: all at once would be too many profiles at once. */
  long phase() {
    return id.low() & Integer.MAX_VALUE;
  }

  @Nullable Object said(Root root) {
    var stamped = said.get(root);
    return stamped == null ? null : stamped.value();
  }

  List<Object> recentlyViewed() {
    var known = recentlyViewed;
    if (known == null) {
      known = viewed.latestFirst();
      recentlyViewed = known;
    }
    return known;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
