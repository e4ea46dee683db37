package io.marquetry.segmentation.core;

import io.marquetry.condition.FieldPath;
import io.marquetry.segmentation.core.computed.Computed;
import io.marquetry.segmentation.core.computed.SessionIntent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a profile by the names that conditions and people know. */
final class ProfileFields {
  private ProfileFields() {}

  /** The value of a field at a moment; null where it is unknown. */
  static @Nullable Object field(Profile profile, FieldPath path, long now, long timeout) {
    return switch (Root.of(path.root())) {
      case TRAITS -> under(path, profile.traits);
      case ATTRIBUTES -> attribute(profile, path, now);
      case SESSION -> session(profile, path, profile.sessions.current(now, timeout), now);
      case SELF -> path.resolve(self(profile, path.root()), 1);
      case DEVICE, GEO, CAMPAIGN, CONTEXT -> path.resolve(profile.said(Root.of(path.root())), 1);
    };
  }

  private static @Nullable Object attribute(Profile profile, FieldPath path, long now) {
    if (path.size() == 1) {
      return attributes(profile, now);
    }
    if (path.name(1).equals(Profile.RECENTLY_VIEWED)) {
      return path.resolve(profile.recentlyViewed(), 2);
    }
    return Computed.NAMES.contains(path.name(1))
        ? profile.computed.field(path, now, profile.phase())
        : under(path, profile.attributes);
  }

  /** Attributes that were stated and those that are computed, which go before. */
  static Map<String, Object> attributes(Profile profile, long now) {
    var all = new LinkedHashMap<>(profile.attributes.present());
    all.putAll(profile.computed.values(now, profile.phase()));
    var viewed = profile.recentlyViewed();
    if (!viewed.isEmpty()) {
      all.put(Profile.RECENTLY_VIEWED, new ArrayList<>(viewed));
    }
    return all;
  }

  /** What the values of computed attributes rest on, by their path. */
  static Map<String, Object> evidence(Profile profile, long now, @Nullable Session session) {
    var evidence = new LinkedHashMap<>(profile.computed.evidence(now, profile.phase()));
    if (session != null) {
      evidence.put(
          Root.SESSION.key() + "." + SessionIntent.NAME, profile.intent(session).evidence(now));
    }
    return evidence;
  }

  /** The visit as people see it. */
  static Map<String, Object> visit(Profile profile, Session session, long now) {
    var json = session.toJson();
    json.put(SessionIntent.NAME, profile.intent(session).at(now));
    return json;
  }

  private static @Nullable Object under(FieldPath path, LatestValues values) {
    return path.size() == 1 ? values.present() : path.resolve(values.get(path.name(1)), 2);
  }

  private static @Nullable Object session(
      Profile profile, FieldPath path, @Nullable Session session, long now) {
    if (session == null) {
      return null;
    }
    if (path.size() == 1) {
      return visit(profile, session, now);
    }
    return path.name(1).equals(SessionIntent.NAME)
        ? path.resolve(profile.intent(session).at(now), 2)
        : path.resolve(session.field(path.name(1)), 2);
  }

  private static @Nullable Object self(Profile profile, String name) {
    return switch (name) {
      case "visits" -> profile.sessions.visits();
      case "isReturning" -> profile.sessions.visits() > 1;
      case "events" -> profile.events;
      case "firstSeen" -> Times.text(profile.firstSeen);
      case "lastSeen" -> Times.text(profile.lastSeen);
      case "site" -> profile.site;
      default -> null;
    };
  }
}
