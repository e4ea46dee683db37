package io.marquetry.segmentation.core;

import org.jspecify.annotations.Nullable;

/** How the current visit stood before an event, to tell afterwards what changed. */
record Visit(
    Session session,
    Stamp first,
    long last,
    long events,
    long pageViews,
    Session.@Nullable Landing landing) {
  static @Nullable Visit of(@Nullable Session session) {
    return session == null
        ? null
        : new Visit(
            session,
            session.first,
            session.last,
            session.events,
            session.pageViews,
            session.landing);
  }

  /** Whether that visit only went on; another beginning means that two were joined. */
  boolean isBeginningOf(Session now) {
    return now.equals(session) && now.first.equals(first);
  }

  /** Tells what changed as the visit went on. */
  void tell(Session now, Touch touch) {
    touch.changed(Root.SESSION, "lastAt", last, now.last);
    touch.changed(Root.SESSION, "events", events, now.events);
    touch.changed(Root.SESSION, "pageViews", pageViews, now.pageViews);
    var landed = now.landing;
    if (landed != null && !landed.equals(landing)) {
      touch.changed(Root.SESSION, "landingPath", null, landed.path());
      touch.changed(Root.SESSION, "referrer", null, landed.referrer());
      touch.changed(Root.SESSION, "referrerChannel", null, landed.channel());
      touch.changed(Root.SESSION, "campaign", null, landed.campaign());
    }
  }
}
