package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginCheckTest {
  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, same-origin, localhost:8080, OWN",
    "https://shop.example, , shop.example, OWN",
    "https://shop.example, , shop.example:443, OWN",
    "https://SHOP.example, , shop.example, OWN",
    "http://shop.example, , shop.example:443, FOREIGN",
    "http://localhost:8081, , localhost:8080, FOREIGN",
    "http://localhost.evil.example:8080, , localhost:8080, FOREIGN",
    "http://evil.example?localhost:8080, , localhost:8080, FOREIGN",
    "http://evil.example, same-origin, localhost:8080, FOREIGN",
    "null, , localhost:8080, FOREIGN",
    "file://, , localhost:8080, FOREIGN",
    "ws://localhost:8080, , localhost:8080, FOREIGN",
    "http://localhost:8080, , , FOREIGN",
    ", same-origin, localhost:8080, OWN",
    ", none, localhost:8080, OWN",
    ", same-site, localhost:8080, FOREIGN",
    ", cross-site, localhost:8080, FOREIGN",
    ", , localhost:8080, NONE",
  })
  void of_headers_tellsWhoseTheyAre(
      @Nullable String origin, @Nullable String site, @Nullable String host, OriginCheck expected) {
    assertThat(OriginCheck.of(origin, site, host)).isEqualTo(expected);
  }
}
