package io.marquetry.segmentation.core;

import io.marquetry.enrichment.Channel;
import io.marquetry.segmentation.core.computed.VisitDeeds;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One visit: events with no longer pause between them than the site's session timeout.
 *
 * <p>Mutable, owned by its profile.
 */
final class Session {
  Stamp first;
  long last;
  long events;
  long pageViews;
  @Nullable Landing landing;
  VisitDeeds deeds = VisitDeeds.NONE;

  /** What behaviours of the visit count or add up to. */
  final Map<String, Long> counts = new HashMap<>(4);

  /**
   * How the visit began: the first of its events that says where.
   *
   * @param campaign as the landing event named it
   */
  record Landing(
      Stamp stamp,
      @Nullable String path,
      @Nullable String url,
      @Nullable String referrer,
      @Nullable Map<String, Object> campaign) {
    static @Nullable Landing of(Occurrence event) {
      var page = event.page();
      return page.isPlace()
          ? new Landing(
              event.stamp(),
              page.path(),
              page.url(),
              page.referrer(),
              event.said().get(Root.CAMPAIGN))
          : null;
    }

    String channel() {
      return Channel.of(url, referrer, campaign);
    }
  }

  Session(Stamp first) {
    this.first = first;
    this.last = first.at();
  }

  void add(Occurrence event) {
    if (event.stamp().compareTo(first) < 0) {
      first = event.stamp();
    }
    last = Math.max(last, event.at());
    events++;
    pageViews += event.page().view() ? 1 : 0;
    if (landing == null || event.stamp().compareTo(landing.stamp()) < 0) {
      land(Landing.of(event));
    }
  }

  /** Two visits turned out to be one: counts add, the earlier beginning holds. */
  void absorb(Session other) {
    if (other.first.compareTo(first) < 0) {
      first = other.first;
    }
    last = Math.max(last, other.last);
    events += other.events;
    pageViews += other.pageViews;
    land(other.landing);
    deeds = deeds.plus(other.deeds);
    other.counts.forEach((id, count) -> counts.merge(id, count, Long::sum));
  }

  private void land(@Nullable Landing offered) {
    if (offered != null && (landing == null || offered.stamp().compareTo(landing.stamp()) < 0)) {
      landing = offered;
    }
  }

  long count(String behaviour) {
    var count = counts.get(behaviour);
    return count == null ? 0 : count;
  }

  /** Its fields as conditions and people read them. */
  Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    for (var name : FIELDS) {
      var value = field(name);
      if (value != null) {
        json.put(name, value);
      }
    }
    return json;
  }

  static final List<String> FIELDS =
      List.of(
          "id",
          "startedAt",
          "lastAt",
          "events",
          "pageViews",
          "landingPath",
          "referrer",
          "referrerChannel",
          "campaign");

  @Nullable Object field(String name) {
    var began = landing;
    return switch (name) {
      case "id" -> first.message().toString();
      case "startedAt" -> Times.text(first.at());
      case "lastAt" -> Times.text(last);
      case "events" -> events;
      case "pageViews" -> pageViews;
      case "landingPath" -> began == null ? null : began.path();
      case "referrer" -> began == null ? null : began.referrer();
      case "referrerChannel" -> began == null ? null : began.channel();
      case "campaign" -> began == null ? null : began.campaign();
      default -> null;
    };
  }
}
