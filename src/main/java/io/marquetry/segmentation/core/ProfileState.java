package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.computed.VisitDeeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A profile as plain values, for storing and for handing over.
 *
 * <p>Design note: the map is a copy of everything that changes, so it stays as it is while the
 * profile goes on. Reading takes what it finds: a part that is missing is empty, so that a state
 * written before a part existed can still be read.
 */
final class ProfileState {
  private ProfileState() {}

  static Map<String, Object> write(Profile profile) {
    var state = new LinkedHashMap<String, Object>(32);
    state.put("site", profile.site);
    state.put("version", profile.version);
    state.put("position", profile.position);
    if (profile.begun > 0) {
      state.put("begun", profile.begun);
    }
    state.put("plan", profile.plan);
    state.put("firstSeen", profile.firstSeen);
    state.put("lastSeen", profile.lastSeen);
    state.put("assignmentSince", profile.assignmentSince);
    if (!profile.unit().equals(profile.id)) {
      state.put("unit", profile.unit().toString());
    }
    state.put("events", profile.events);
    state.put("identities", identities(profile.identities));
    put(state, "traits", values(profile.traits));
    put(state, "attributes", values(profile.attributes));
    put(state, "viewed", values(profile.viewed));
    put(state, "said", said(profile));
    state.put("visitsBefore", profile.sessions.closed());
    state.put("sessions", profile.sessions.kept().stream().map(ProfileState::session).toList());
    put(state, "ever", new LinkedHashMap<>(profile.ever));
    put(state, "trails", trails(profile));
    put(state, "computed", profile.computed.toJson());
    put(state, "recent", profile.recent.entries().stream().map(ProfileState::recent).toList());
    if (profile.recent.forgotten() != forgotten(profile)) {
      state.put("forgotten", profile.recent.forgotten());
    }
    put(state, "segments", segments(profile.memberships));
    put(state, "lacking", IntStream.of(profile.gaps.lacking()).boxed().toList());
    put(state, "filled", profile.gaps.filled().stream().map(ProfileState::filled).toList());
    if (!profile.gaps.awaited().isEmpty()) {
      var awaited = new ArrayList<Object>();
      profile.gaps.awaited().forEach((begun, at) -> awaited.add(List.of(begun.toString(), at)));
      state.put("awaited", awaited);
    }
    if (!profile.merged.isEmpty()) {
      state.put(
          "merged",
          profile.merged.stream()
              .<Object>map(one -> List.of(one.from().toString(), one.position()))
              .toList());
    }
    return Collections.unmodifiableMap(state);
  }

  static Profile read(Id128 id, Map<String, Object> state) {
    var profile = new Profile(id, String.valueOf(state.getOrDefault("site", "")));
    profile.version = whole(state, "version", 0);
    profile.position = whole(state, "position", 0);
    profile.begun = whole(state, "begun", 0);
    profile.plan = String.valueOf(state.getOrDefault("plan", ""));
    profile.firstSeen = whole(state, "firstSeen", Long.MAX_VALUE);
    profile.lastSeen = whole(state, "lastSeen", Long.MIN_VALUE);
    var unit = state.get("unit") instanceof String text ? Id128.parse(text) : id;
    profile.assigned(unit, whole(state, "assignmentSince", Long.MAX_VALUE));
    profile.events = whole(state, "events", 0);
    for (var one : list(state.get("identities"))) {
      var parts = list(one);
      profile.identities.observe(
          text(parts, 0), text(parts, 1), Boolean.TRUE.equals(parts.get(2)), whole(parts.get(3)));
    }
    each(state, "traits", (name, value) -> offer(profile.traits, name, value));
    each(state, "attributes", (name, value) -> offer(profile.attributes, name, value));
    each(state, "viewed", (name, value) -> offer(profile.viewed, name, value));
    each(state, "said", (name, value) -> profile.said.put(Root.of(name), stamped(list(value))));
    profile.sessions.restore(
        whole(state, "visitsBefore", 0),
        list(state.get("sessions")).stream().map(one -> session(map(one))).toList());
    each(state, "ever", (behaviour, count) -> profile.ever.put(behaviour.intern(), whole(count)));
    each(
        state,
        "trails",
        (behaviour, trail) -> profile.trails.put(behaviour.intern(), Trail.of(list(trail))));
    profile.computed.restore(map(state.get("computed")));
    for (var one : list(state.get("recent"))) {
      recent(profile.recent, list(one));
    }
    profile.recent.forget(whole(state, "forgotten", forgotten(profile)));
    each(state, "segments", (key, since) -> profile.memberships.enter(key.intern(), whole(since)));
    for (var one : list(state.get("merged"))) {
      profile.remember(Id128.parse(text(list(one), 0)), whole(list(one).get(1)));
    }
    for (var one : list(state.get("awaited"))) {
      profile.gaps.await(Id128.parse(text(list(one), 0)), whole(list(one).get(1)));
    }
    for (var pass : list(state.get("lacking"))) {
      profile.gaps.lack((int) whole(pass));
    }
    for (var noted : list(state.get("filled"))) {
      var pass = list(noted);
      for (var one : pass.subList(1, pass.size())) {
        profile
            .gaps
            .filled((int) whole(pass.getFirst()))
            .reached(Id128.parse(text(list(one), 0)), whole(list(one).get(1)));
      }
    }
    return profile;
  }

  /** What goes without saying: all are remembered, or none. */
  private static long forgotten(Profile profile) {
    boolean all = profile.recent.entries().size() >= profile.events;
    return all ? Long.MIN_VALUE : profile.lastSeen;
  }

  private static List<Object> identities(Identities identities) {
    return identities.all().stream()
        .<Object>map(one -> List.of(one.kind(), one.value(), one.verified(), one.since()))
        .toList();
  }

  private static Map<String, Object> values(LatestValues values) {
    var json = new LinkedHashMap<String, Object>();
    values.all().forEach((name, stamped) -> json.put(name, stamped(stamped)));
    return json;
  }

  private static void offer(LatestValues values, String name, Object json) {
    values.offer(name, stamped(list(json)), (key, before, now) -> {});
  }

  private static Map<String, Object> said(Profile profile) {
    var json = new LinkedHashMap<String, Object>();
    profile.said.forEach((root, stamped) -> json.put(root.key(), stamped(stamped)));
    return json;
  }

  /** {@code [at, message, value]}; the value is left out where it was taken back. */
  private static List<Object> stamped(Stamped stamped) {
    var json = stamp(stamped.stamp());
    if (stamped.value() != null) {
      json.add(stamped.value());
    }
    return json;
  }

  private static Stamped stamped(List<Object> json) {
    return new Stamped(stamp(json), json.size() > 2 ? json.get(2) : null);
  }

  private static List<Object> stamp(Stamp stamp) {
    var json = new ArrayList<>(3);
    json.add(stamp.at());
    json.add(stamp.message().toString());
    return json;
  }

  private static Stamp stamp(List<Object> json) {
    return new Stamp(whole(json.get(0)), Id128.parse(text(json, 1)));
  }

  private static Map<String, Object> session(Session session) {
    var json = new LinkedHashMap<String, Object>();
    json.put("first", stamp(session.first));
    json.put("last", session.last);
    json.put("events", session.events);
    json.put("pageViews", session.pageViews);
    put(json, "counts", new LinkedHashMap<>(session.counts));
    put(json, "deeds", session.deeds.toJson());
    var landing = session.landing;
    if (landing != null) {
      json.put("landing", stamp(landing.stamp()));
      put(json, "path", landing.path());
      put(json, "url", landing.url());
      put(json, "referrer", landing.referrer());
      put(json, "campaign", landing.campaign());
    }
    return json;
  }

  @SuppressWarnings("unchecked")
  private static Session session(Map<String, Object> json) {
    var session = new Session(stamp(list(json.get("first"))));
    session.last = whole(json, "last", session.last);
    session.events = whole(json, "events", 0);
    session.pageViews = whole(json, "pageViews", 0);
    each(
        json, "counts", (behaviour, count) -> session.counts.put(behaviour.intern(), whole(count)));
    session.deeds = VisitDeeds.of(list(json.get("deeds")));
    if (json.get("landing") instanceof List<?> landing) {
      session.landing =
          new Session.Landing(
              stamp((List<Object>) landing),
              (String) json.get("path"),
              (String) json.get("url"),
              (String) json.get("referrer"),
              (Map<String, Object>) json.get("campaign"));
    }
    return session;
  }

  private static Map<String, Object> trails(Profile profile) {
    var json = new LinkedHashMap<String, Object>();
    profile.trails.forEach((behaviour, trail) -> json.put(behaviour, trail.toJson()));
    return json;
  }

  private static List<Object> recent(RecentEvents.Entry entry) {
    var event = entry.event();
    var json = stamp(entry.stamp());
    var fields = new LinkedHashMap<String, Object>();
    fields.put("type", event.type());
    if (!event.name().equals(event.type())) {
      fields.put("name", event.name());
    }
    put(fields, "path", event.path());
    put(fields, "url", event.url());
    put(fields, "properties", event.properties());
    if (!event.whole()) {
      fields.put("cut", true);
    }
    json.add(fields);
    return json;
  }

  private static void recent(RecentEvents into, List<Object> json) {
    var fields = map(json.get(2));
    var type = String.valueOf(fields.get("type")).intern();
    into.add(
        stamp(json),
        new RecentEvent(
            type,
            fields.get("name") instanceof String name ? name.intern() : type,
            (String) fields.get("path"),
            (String) fields.get("url"),
            map(fields.get("properties")),
            !Boolean.TRUE.equals(fields.get("cut"))));
  }

  private static Map<String, Object> segments(Memberships memberships) {
    var json = new LinkedHashMap<String, Object>();
    for (int i = 0; i < memberships.size(); i++) {
      json.put(memberships.key(i), memberships.since(i));
    }
    return json;
  }

  private static List<Object> filled(FilledIn filled) {
    var json = new ArrayList<Object>();
    json.add((long) filled.pass());
    filled.all().forEach((origin, position) -> json.add(List.of(origin.toString(), position)));
    return json;
  }

  private static void put(Map<String, Object> json, String key, @Nullable Object value) {
    boolean empty =
        value == null
            || (value instanceof Map<?, ?> map && map.isEmpty())
            || (value instanceof List<?> list && list.isEmpty());
    if (!empty && value != null) {
      json.put(key, value);
    }
  }

  private static void each(
      Map<String, Object> state, String key, BiConsumer<String, Object> reader) {
    map(state.get(key)).forEach(reader);
  }

  private static long whole(Map<String, Object> state, String key, long otherwise) {
    return state.get(key) instanceof Number number ? number.longValue() : otherwise;
  }

  private static long whole(Object value) {
    return ((Number) value).longValue();
  }

  private static String text(List<Object> list, int index) {
    return String.valueOf(list.get(index));
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(@Nullable Object value) {
    return value instanceof List<?> list ? (List<Object>) list : List.of();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
