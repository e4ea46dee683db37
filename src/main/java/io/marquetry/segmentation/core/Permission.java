package io.marquetry.segmentation.core;

import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether visitors let us work on their profiles at a moment. */
record Permission(ConsentView consents) {
  /** Whether it is known what anybody consents to. */
  boolean isKnown(Moment moment) {
    return consents.current(moment.monotonic());
  }

  /** Leave to work on the profile that these ids stand for; null where there is none. */
  @Nullable Grant grant(String site, List<Id128> ids, Moment moment) {
    var keys = new ArrayList<@Nullable Id128>(ids);
    return consents.grant(site, Purpose.ANALYTICS, keys, false, moment.monotonic()).orElse(null);
  }
}
