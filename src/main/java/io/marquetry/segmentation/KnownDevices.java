package io.marquetry.segmentation;

import io.marquetry.platform.RequestContext;
import io.marquetry.segmentation.core.Devices;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Devices as requests are told apart too, remembering those met last: few kinds make most visits.
 */
final class KnownDevices implements Devices {
  private static final int REMEMBERED = 2_000;
  private static final int LONGEST = 1_024;

  private final Map<String, Map<String, Object>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Object>> eldest) {
          return size() > REMEMBERED;
        }
      };

  @Override
  public Map<String, Object> of(String userAgent) {
    return userAgent.length() > LONGEST
        ? Map.of()
        : known.computeIfAbsent(userAgent, KnownDevices::classify);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> classify(String userAgent) {
    var device = RequestContext.of("", "", userAgent, Map.of()).get("device");
    return device instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
