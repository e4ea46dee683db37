package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.testkit.SocketSite;
import io.marquetry.testkit.Until;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** WebSockets that an existing site answers. */
class ProxySocketsTest extends ExistingSite {
  private static final SocketSite SOCKETS = SocketSite.start();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void define() {
    put("sockets", "/sockets/*", SOCKETS.base());
  }

  @AfterAll
  static void stop() {
    SOCKETS.close();
    HTTP.close();
  }

  /** A browser's side: what came, put together, and the code with which it was closed. */
  private static final class Browser implements WebSocket.Listener {
    final CompletableFuture<byte[]> message = new CompletableFuture<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      var piece = new byte[data.remaining()];
      data.get(piece);
      bytes.writeBytes(piece);
      if (last) {
        message.complete(bytes.toByteArray());
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable broken) {
      closed.complete(-1);
    }
  }

  private static WebSocket open(String path, Browser browser, String... protocols) {
    var builder =
        HTTP.newWebSocketBuilder()
            .header("Cookie", "a=1; mq_id=forged")
            .header("Origin", "https://shop.example");
    if (protocols.length > 0) {
      builder.subprotocols(protocols[0], Arrays.copyOfRange(protocols, 1, protocols.length));
    }
    return builder.buildAsync(address(path), browser).join();
  }

  private static URI address(String path) {
    return URI.create(url(path).replace("http://", "ws://"));
  }

  /** The status with which a WebSocket is refused. */
  private static int refusal(String path) {
    try {
      open(path, new Browser()).abort();
      return 101;
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  private static long figure(String name) {
    return SERVER
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @AfterEach
  void nothingFailed() {
    assertThat(SERVER.process().failures()).isEmpty();
  }

  private static void noneIsOpen() {
    Until.untilAsserted(
        "none is open", () -> assertThat(figure("marquetry_origin_sockets_open{")).isZero());
  }

  @Test
  void messages_ofAnySize_passBothWays() {
    for (int size : new int[] {0, 1, 125, 126, 70_000, 5_000_000}) {
      var sent = new byte[size];
      new Random(size).nextBytes(sent);
      var browser = new Browser();
      var socket = open("/sockets/echo", browser);
      socket.sendBinary(ByteBuffer.wrap(sent), true).join();
      assertThat(browser.message.join()).isEqualTo(sent);
      socket.sendClose(4001, "enough").join();
      assertThat(browser.closed.join()).isEqualTo(4001);
    }
    noneIsOpen();
  }

  @Test
  void handshake_reachesTheSiteAsAnyRequestDoes() {
    var browser = new Browser();
    var socket = open("/sockets/echo?room=7", browser, "chat.v2", "chat.v1");
    assertThat(socket.getSubprotocol()).isEqualTo("chat.v1");
    var asked = SOCKETS.asked();
    assertThat(asked.get("Cookie")).isEqualTo("a=1");
    assertThat(asked.get("Origin")).isEqualTo("https://shop.example");
    assertThat(asked.get("X-Forwarded-For")).isEqualTo("127.0.0.1");
    assertThat(asked.get("X-Forwarded-Host")).isEqualTo(URI.create(SERVER.base()).getAuthority());
    assertThat(asked.get("Host")).isEqualTo(URI.create(SOCKETS.base()).getAuthority());
    assertThat(asked.get("uri")).isEqualTo("/sockets/echo?room=7");
    socket.abort();
    noneIsOpen();
  }

  @Test
  void site_closes_theBrowserIsTold() {
    var browser = new Browser();
    open("/sockets/close", browser);
    assertThat(browser.closed.join()).isEqualTo(4002);
    noneIsOpen();
  }

  @Test
  void site_refusesIsSilentOrGone_theBrowserIsTold() {
    assertThat(refusal("/sockets/refuse")).isEqualTo(403);
    assertThat(refusal("/sockets/page")).isEqualTo(200);
    assertThat(refusal("/sockets/silent")).isEqualTo(504);
    put("nowhere", "/nowhere/*", "http://127.0.0.1:1");
    assertThat(refusal("/nowhere/x")).isEqualTo(502);
    noneIsOpen();
  }

  @Test
  void sockets_tooMany_areTurnedDownAndRoomIsMadeAgain() {
    for (int round = 0; round < 2; round++) {
      var open = new ArrayList<WebSocket>();
      // three on each event loop, and connections go to them in turns
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20; i++) {
                  open.add(open("/sockets/echo", new Browser()));
                }
              })
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(503));
      assertThat(open).hasSizeGreaterThanOrEqualTo(3);
      List.copyOf(open).forEach(WebSocket::abort);
      noneIsOpen();
    }
  }

  @Test
  void socket_silentForTooLong_isClosedAndOneThatIsNotStays() {
    long before = figure("marquetry_origin_sockets_total{end=\"idle\"");
    var silent = new Browser();
    open("/sockets/echo", silent);
    var talking = new Browser();
    var socket = open("/sockets/echo", talking);
    Until.until(
        "the silent one is closed",
        () -> {
          socket.sendBinary(ByteBuffer.wrap(new byte[] {1}), false).join();
          return silent.closed.isDone();
        });
    assertThat(talking.closed).isNotDone();
    assertThat(figure("marquetry_origin_sockets_total{end=\"idle\"") - before).isEqualTo(1);
    socket.abort();
    noneIsOpen();
  }
}
