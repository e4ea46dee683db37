package io.marquetry.segmentation.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A profile as people see it: the answer of {@code profiles.get}, but for the consent. */
final class ProfilePicture {
  private ProfilePicture() {}

  /**
   * @param in the segments it is in at that moment
   */
  static Map<String, Object> of(Profile profile, Memberships in, long now, long timeout) {
    var picture = new LinkedHashMap<String, Object>();
    picture.put("profileId", profile.id.toString());
    picture.put("site", profile.site);
    picture.put("identities", identities(profile));
    picture.put("traits", profile.traits.present());
    picture.put("attributes", ProfileFields.attributes(profile, now));
    picture.put("segments", segments(in));
    var session = profile.sessions.current(now, timeout);
    put(picture, "session", session == null ? null : ProfileFields.visit(profile, session, now));
    picture.put("evidence", ProfileFields.evidence(profile, now, session));
    for (var root : List.of(Root.DEVICE, Root.GEO, Root.CAMPAIGN, Root.CONTEXT)) {
      put(picture, root.key(), profile.said(root));
    }
    picture.put("visits", profile.sessions.visits());
    picture.put("firstSeen", Times.text(profile.firstSeen));
    picture.put("lastSeen", Times.text(profile.lastSeen));
    picture.put("events", profile.events);
    picture.put("mergedFrom", mergedFrom(profile));
    var into = profile.mergedInto;
    put(picture, "mergedInto", into == null ? null : into.toString());
    return picture;
  }

  private static List<String> mergedFrom(Profile profile) {
    return profile.merged.stream()
        .filter(one -> !one.from().equals(profile.id)) // its own past, told again after a split
        .map(one -> one.from().toString())
        .toList();
  }

  private static List<Object> identities(Profile profile) {
    var identities = new ArrayList<>();
    for (var one : profile.identities.all()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("kind", one.kind());
      json.put("value", one.value());
      json.put("verified", one.verified());
      json.put("since", Times.text(one.since()));
      identities.add(json);
    }
    return identities;
  }

  private static List<String> segments(Memberships in) {
    return in.keys().stream().filter(key -> !key.startsWith(SegmentPlan.HIDDEN)).toList();
  }

  private static void put(Map<String, Object> json, String key, @Nullable Object value) {
    if (value != null) {
      json.put(key, value);
    }
  }
}
