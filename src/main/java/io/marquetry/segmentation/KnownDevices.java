package io.marquetry.segmentation;

import io.marquetry.enrichment.UserAgents;
import io.marquetry.segmentation.core.Devices;
import java.util.Map;

/** Devices as requests are told apart too, for events that were not told apart on their way. */
final class KnownDevices implements Devices {
  private final UserAgents agents = new UserAgents();

  @Override
  public Map<String, Object> of(String userAgent) {
    return agents.of(userAgent);
  }
}
