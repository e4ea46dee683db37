package io.marquetry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.Caller.Place;
import io.marquetry.testkit.GeoFileWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
  private final Vertx vertx = Vertx.vertx();
  @TempDir Path folder;

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Asks with these headers, from this machine, what place is found. */
  private Place ask(Places places, String... headers) throws Exception {
    var server = serve(places);
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/"));
      if (headers.length > 0) {
        request.headers(headers);
      }
      var parts = client.send(request.build(), BodyHandlers.ofString()).body().split("/", -1);
      return new Place(parts[0], parts[1]);
    } finally {
      server.close().await();
    }
  }

  private HttpServer serve(Places places) {
    return vertx
        .createHttpServer()
        .requestHandler(
            request -> {
              var place = places.of(request);
              request.response().end(place.country() + "/" + place.region());
            })
        .listen(0, "127.0.0.1")
        .await();
  }

  private String database() throws IOException {
    var berlin =
        Map.of(
            "country", Map.of("iso_code", "DE"), "subdivisions", List.of(Map.of("iso_code", "BE")));
    return new GeoFileWriter()
        .add("203.0.113.0/24", berlin)
        .add("198.51.100.7/32", Map.of("country", Map.of("iso_code", "FR")))
        .add("2001:db8::/32", Map.of("country", Map.of("iso_code", "JP")))
        .write(folder.resolve("geo.mmdb"))
        .toString();
  }

  private Places places(String... trusted) throws IOException {
    return Places.open(
        new Places.Config(database(), "CF-Country", "CF-Region"), Proxies.of(List.of(trusted)));
  }

  @Test
  void of_headersOfTheProxyOnThisMachine_areBelieved() throws Exception {
    var local = Places.local();
    assertThat(ask(local, "X-Geo-Country", "de", "X-Geo-Region", "BE"))
        .isEqualTo(new Place("DE", "BE"));
    assertThat(ask(local, "X-Geo-Country", "XX")).isEqualTo(Place.UNKNOWN);
    assertThat(ask(local, "X-Geo-Country", "Germany")).isEqualTo(Place.UNKNOWN);
    assertThat(ask(local)).isEqualTo(Place.UNKNOWN);
  }

  @Test
  void of_headersOfAStranger_areNot() throws Exception {
    try (var places = places("10.0.0.0/8")) {
      assertThat(ask(places, "CF-Country", "US", "X-Forwarded-For", "203.0.113.9"))
          .isEqualTo(Place.UNKNOWN);
    }
  }

  @Test
  void of_forwardedAddress_isTheLastHopThatIsNoProxyOfOurs() throws Exception {
    try (var places = places("127.0.0.0/8", "10.0.0.0/8", "::1")) {
      assertThat(ask(places, "X-Forwarded-For", "203.0.113.9")).isEqualTo(new Place("DE", "BE"));
      assertThat(ask(places, "X-Forwarded-For", "203.0.113.9, 198.51.100.7, 10.1.2.3"))
          .as("what stands before it may be made up")
          .isEqualTo(new Place("FR", ""));
      assertThat(ask(places, "X-Forwarded-For", "2001:db8::5")).isEqualTo(new Place("JP", ""));
      assertThat(ask(places, "X-Forwarded-For", "192.0.2.1")).isEqualTo(Place.UNKNOWN);
      assertThat(ask(places, "X-Forwarded-For", "name.example")).isEqualTo(Place.UNKNOWN);
      assertThat(ask(places, "CF-Country", "CA", "X-Forwarded-For", "203.0.113.9"))
          .isEqualTo(new Place("CA", ""));
    }
  }

  @Test
  void count_findings_areShown() throws Exception {
    var registry = new SimpleMeterRegistry();
    try (var places = places("127.0.0.0/8")) {
      places.count(registry);
      ask(places, "X-Forwarded-For", "203.0.113.9");
      ask(places, "CF-Country", "CA");
      ask(places);
    }
    assertThat(found(registry, "file")).isEqualTo(1);
    assertThat(found(registry, "header")).isEqualTo(1);
    assertThat(found(registry, "unknown")).isEqualTo(1);
    assertThat(found(registry, "failed")).isZero();
  }

  private static double found(SimpleMeterRegistry registry, String outcome) {
    return registry.get("marquetry.geography").tag("outcome", outcome).functionCounter().count();
  }

  @Test
  void open_whatCannotBeUsed_isSaid() throws IOException {
    var damaged = Files.writeString(folder.resolve("damaged.mmdb"), "no database");
    for (var file : List.of(damaged.toString(), folder.resolve("none.mmdb").toString())) {
      assertThatThrownBy(
              () -> Places.open(new Places.Config(file, "X-Country", "X-Region"), Proxies.LOCAL))
          .isInstanceOf(StartupProblem.class)
          .hasMessageContaining("geo.database")
          .hasMessageContaining(file);
    }
  }
}
