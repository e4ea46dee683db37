package io.marquetry.console.core;

import io.marquetry.bus.IdentityMessage.Connection;
import io.marquetry.bus.IdentityMessage.Connections;
import io.marquetry.bus.IdentityMessage.Parting;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What connects a profile, beside what is held of it. */
public final class IdentityViews {
  /** It was there first: the profile is its own. */
  private static final String ORIGIN = "origin";

  /** It came with events of this profile, but does not lead here by itself. */
  private static final String SEEN = "seen";

  private IdentityViews() {}

  /**
   * A profile with the evidence of its identities, and its history of merges and splits.
   *
   * @param profile in the shape of {@code profiles.get}
   */
  public static Map<String, Object> with(
      Map<String, Object> profile, Connections connections, Ids ids) {
    var names = new HashMap<Id128, String>();
    var site = String.valueOf(profile.get("site"));
    var identities = new ArrayList<Object>();
    for (var one : list(profile.get("identities"))) {
      identities.add(identity(one, site, connections, ids, names));
    }
    var view = new LinkedHashMap<>(profile);
    view.put("identities", identities);
    view.put("merges", merges(connections, names));
    view.put(
        "splits", connections.partings().stream().map(parting -> split(parting, names)).toList());
    view.put(
        "quarantined",
        connections.suspects().stream()
            .map(
                one ->
                    Views.object(
                        "identity", name(one.identifier(), names),
                        "reason", one.reason(),
                        "since", Times.iso(one.since())))
            .toList());
    return view;
  }

  private static Map<String, Object> identity(
      Map<?, ?> one, String site, Connections connections, Ids ids, Map<Id128, String> names) {
    var kind = String.valueOf(one.get("kind"));
    var value = String.valueOf(one.get("value"));
    var key = kind.equals("user") ? ids.user(site, value) : ids.device(site, value);
    names.put(key, kind + ":" + value);
    var view = new LinkedHashMap<String, Object>();
    one.forEach((name, content) -> view.put(String.valueOf(name), content));
    Connection link = null;
    for (var connection : connections.connections()) {
      link = connection.far().equals(key) || key.equals(connection.from()) ? connection : link;
    }
    var first = connections.identifiers().contains(key) ? ORIGIN : SEEN;
    view.put("evidence", link == null ? first : link.evidence());
    if (link != null) {
      view.put("linkedAt", Times.iso(link.at()));
      view.put("position", link.position());
    }
    return view;
  }

  @SuppressWarnings("unchecked")
  private static List<Map<?, ?>> list(@Nullable Object value) {
    return value instanceof List<?> list ? (List<Map<?, ?>>) list : List.of();
  }

  private static List<Map<String, Object>> merges(
      Connections connections, Map<Id128, String> names) {
    var merges = new ArrayList<Map<String, Object>>();
    for (var connection : connections.connections()) {
      var from = connection.from();
      if (from != null) {
        merges.add(
            Views.object(
                "at", Times.iso(connection.at()),
                "position", connection.position(),
                "evidence", connection.evidence(),
                "from", from.toString(),
                "identity", name(connection.far(), names),
                "with", name(connection.near(), names)));
      }
    }
    return merges;
  }

  private static Map<String, Object> split(Parting parting, Map<Id128, String> names) {
    return Views.object(
        "at", Times.iso(parting.at()),
        "position", parting.position(),
        "profileId", parting.profile().toString(),
        "partId", parting.part().toString(),
        "evidence", parting.taken().evidence(),
        "identity", name(parting.taken().far(), names),
        "with", name(parting.taken().near(), names),
        "complete", parting.complete());
  }

  private static String name(Id128 key, Map<Id128, String> names) {
    return names.getOrDefault(key, key.toString());
  }
}
