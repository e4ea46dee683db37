package io.marquetry.segmentation.core;

import java.util.Map;

/** Tells devices apart by the user agent that an event came with. */
@FunctionalInterface
public interface Devices {
  /** What is known of the device, as the fields of {@code device}; empty where nothing is. */
  Map<String, Object> of(String userAgent);
}
