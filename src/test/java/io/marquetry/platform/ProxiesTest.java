package io.marquetry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  private static final Proxies NONE = Proxies.of(List.of());

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** What is made of a request from 127.0.0.1 with these headers: scheme and address. */
  private String ask(Proxies proxies, String... headers) {
    var server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .response()
                        .end(
                            (proxies.isSecure(request) ? "https " : "http ")
                                + proxies.address(request)))
            .listen(0, "127.0.0.1")
            .await();
    var client = vertx.createHttpClient(new HttpClientOptions().setDefaultHost("127.0.0.1"));
    return client
        .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
        .compose(
            request -> {
              for (int i = 0; i < headers.length; i += 2) {
                request.putHeader(headers[i], headers[i + 1]);
              }
              return request.send();
            })
        .compose(response -> response.body())
        .await()
        .toString();
  }

  @Test
  void isSecure_onlyATrustedProxyIsBelieved() {
    assertThat(ask(Proxies.LOCAL)).isEqualTo("http 127.0.0.1");
    assertThat(ask(Proxies.LOCAL, "X-Forwarded-Proto", "https")).startsWith("https ");
    assertThat(ask(Proxies.LOCAL, "X-Forwarded-Proto", "HTTPS, http")).startsWith("https ");
    assertThat(ask(Proxies.LOCAL, "X-Forwarded-Proto", "http")).startsWith("http ");
    assertThat(ask(NONE, "X-Forwarded-Proto", "https")).startsWith("http ");
    assertThat(ask(Proxies.of(List.of("10.0.0.0/8")), "X-Forwarded-Proto", "https"))
        .startsWith("http ");
  }

  @Test
  void address_onlyATrustedProxyIsBelievedAndOnlyOnTheLastHopThatIsNoProxy() {
    assertThat(ask(NONE, "X-Forwarded-For", "203.0.113.9")).endsWith(" 127.0.0.1");
    assertThat(ask(Proxies.LOCAL, "X-Forwarded-For", "203.0.113.9")).endsWith(" 203.0.113.9");
    var all = Proxies.of(List.of("127.0.0.0/8", "10.0.0.0/8"));
    assertThat(ask(all, "X-Forwarded-For", "1.1.1.1, 203.0.113.9, 10.0.0.7"))
        .as("what stands before it may be made up")
        .endsWith(" 203.0.113.9");
    assertThat(ask(all, "X-Forwarded-For", "10.0.0.1")).endsWith(" 127.0.0.1");
  }

  @Test
  void of_whatIsNoNetwork_isNamed() {
    assertThatThrownBy(() -> Proxies.of(List.of("10.0.0.0/33")))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("trustedProxies holds '10.0.0.0/33'");
  }
}
