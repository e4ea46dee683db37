package io.marquetry.catalogue;

import io.marquetry.platform.Settings;
import java.time.Duration;

/**
 * Settings of the catalogue.
 *
 * @param patience how long a change waits for a component to make it effective
 */
record CatalogueConfig(Duration patience) {

  static CatalogueConfig read(Settings settings) {
    var config = new CatalogueConfig(settings.duration("patience", Duration.ofSeconds(10)));
    settings.check();
    return config;
  }
}
