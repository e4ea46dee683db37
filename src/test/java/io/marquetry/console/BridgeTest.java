package io.marquetry.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.Json;
import io.marquetry.testkit.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bridge over a plain WebSocket, as our own page speaks it and as others might try to. */
class BridgeTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static ConsoleRig console;

  @BeforeAll
  static void start() {
    console = new ConsoleRig(TestPostgres.freshDatabase()).start();
    console.ok(console.adminToken(), "sites.put", "{'key':'demo'}");
  }

  @AfterAll
  static void close() {
    console.close();
    CLIENT.close();
  }

  /** One open socket: what came in, and the code it was closed with. */
  private static final class Socket implements WebSocket.Listener {
    private final BlockingQueue<Map<String, Object>> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();
    private final WebSocket socket;

    Socket(String... headers) {
      var builder = CLIENT.newWebSocketBuilder();
      for (int i = 0; i < headers.length; i += 2) {
        builder.header(headers[i], headers[i + 1]);
      }
      var uri = URI.create("ws://127.0.0.1:" + console.port + "/eventbus/websocket");
      socket = builder.buildAsync(uri, this).join();
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      var bytes = new byte[data.remaining()];
      data.get(bytes);
      part.writeBytes(bytes);
      if (last) {
        frames.add(Json.readOwn(part.toByteArray()));
        part.reset();
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return CompletableFuture.completedStage(null);
    }

    void send(String json) {
      socket.sendText(json.replace('\'', '"'), true).join();
    }

    /** The next frame that is no feed's. */
    Map<String, Object> next() {
      try {
        return Objects.requireNonNull(frames.poll(15, TimeUnit.SECONDS), "no frame came");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** Asks and answers the frame that comes back to the asker. */
    Map<String, Object> ask(String address, String body, String headers) {
      send(
          "{'type':'send','address':'%s','body':%s,'headers':%s,'replyAddress':'r1'}"
              .formatted(address, body, headers));
      var frame = next();
      assertThat(frame).containsEntry("address", "r1");
      return frame;
    }
  }

  private static String[] cookie(String token) {
    return new String[] {"Cookie", "mq_admin=" + token, "Origin", console.url()};
  }

  private static void assertHandshakeRefused(int status, String... headers) {
    assertThatThrownBy(() -> new Socket(headers))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(status));
  }

  @Test
  void handshake_foreignOrigin_isRefusedEvenWithALogin() {
    var token = console.adminToken();
    assertHandshakeRefused(403, "Origin", "https://evil.example", "Cookie", "mq_admin=" + token);
    assertHandshakeRefused(403, "Origin", "null", "Cookie", "mq_admin=" + token);
    assertHandshakeRefused(
        403, "Origin", "https://evil.example", "Authorization", "Bearer " + token);
  }

  @Test
  void handshake_loginThatIsNone_isRefused() {
    assertHandshakeRefused(401, cookie("forged"));
    assertHandshakeRefused(401, "Authorization", "Bearer forged");
  }

  @Test
  void send_withCookieOrBearer_isAnswered() {
    var token = console.adminToken();
    for (var headers : new String[][] {cookie(token), {"Authorization", "Bearer " + token}}) {
      var frame = new Socket(headers).ask("admin.sites.list", "{}", "{}");
      assertThat(frame).containsEntry("type", "rec");
      assertThat(String.valueOf(frame.get("body"))).contains("key=demo");
    }
  }

  @Test
  void send_withoutLogin_isRefusedByAnAnswer() {
    var socket = new Socket();
    var frame = socket.ask("admin.sites.list", "{}", "{}");
    assertThat(String.valueOf(frame.get("body"))).contains("code=unauthorized");
    var forged = socket.ask("admin.sites.list", "{}", "{'authorization':'Bearer forged'}");
    assertThat(String.valueOf(forged.get("body"))).contains("code=unauthorized");
    var internal = socket.ask("admin.sites.list", "{}", "{'actor':'admin','roles':'admin'}");
    assertThat(String.valueOf(internal.get("body"))).contains("code=unauthorized");
  }

  @Test
  void send_tokenInTheMessage_countsFromThenOn() {
    var socket = new Socket();
    var header = "{'Authorization':'Bearer " + console.adminToken() + "'}";
    assertThat(socket.ask("admin.sites.list", "{}", header).toString()).contains("key=demo");
    socket.send("{'type':'register','address':'feed.status','headers':" + header + "}");
    assertThat(socket.next()).containsEntry("address", "feed.status");
    socket.send("{'type':'unregister','address':'feed.status'}");
  }

  @Test
  void send_roleMissing_isRefusedByAnAnswer() {
    console.ok(
        console.adminToken(),
        "users.put",
        "{'name':'vera','password':'something long','roles':['viewer']}");
    var socket = new Socket(cookie(console.token("vera", "something long")));
    var frame = socket.ask("admin.sites.put", "{'key':'x'}", "{}");
    assertThat(String.valueOf(frame.get("body")))
        .contains("code=forbidden")
        .contains("needs the role engineer");
  }

  @Test
  void send_wrongBodies_areAnswered() {
    var socket = new Socket(cookie(console.adminToken()));
    assertThat(socket.ask("admin.sites.put", "{'key':'a','x':1}", "{}").toString())
        .contains("code=invalid")
        .contains("field=x");
    assertThat(socket.ask("admin.sites.put", "'text'", "{}").toString())
        .contains("code=bad_request");
    assertThat(socket.ask("admin.sites.put", "[1]", "{}").toString()).contains("code=bad_request");
    socket.send("{'type':'send','address':'admin.sites.list','body':{},'headers':7}");
    assertThat(socket.next()).containsEntry("type", "err").containsEntry("body", "rejected");
    socket.send("not json");
    assertThat(socket.next()).containsEntry("body", "invalid_json");
  }

  @Test
  void addressesOfTheInside_areOutOfReach() {
    var socket = new Socket(cookie(console.adminToken()));
    for (var address :
        new String[] {
          "catalogue.cmd.put",
          "console.local.first-password",
          "console.door.session",
          "admin.no.such",
          "ingest.cmd.accept",
          "feed.events"
        }) {
      socket.send("{'type':'send','address':'%s','body':{},'replyAddress':'r'}".formatted(address));
      assertThat(socket.next()).as(address).containsEntry("body", "access_denied");
    }
    for (var address :
        new String[] {"ingest.evt.stored", "admin.sites.list", "console.door.session-ended"}) {
      socket.send("{'type':'register','address':'" + address + "'}");
      assertThat(socket.next()).as(address).containsEntry("body", "access_denied");
    }
    socket.send("{'type':'publish','address':'admin.sites.list','body':{}}");
    assertThat(socket.next()).containsEntry("body", "rejected");
  }

  @Test
  void feed_withoutLogin_cannotBeListenedTo() {
    var socket = new Socket();
    socket.send("{'type':'register','address':'feed.status'}");
    assertThat(socket.next()).containsEntry("type", "err").containsEntry("body", "rejected");
  }

  @Test
  void feedStatus_loggedIn_comesEverySecond() {
    var socket = new Socket(cookie(console.adminToken()));
    socket.send("{'type':'register','address':'feed.status'}");
    var frame = socket.next();
    assertThat(frame).containsEntry("address", "feed.status");
    assertThat(String.valueOf(frame.get("body"))).contains("uptimeSeconds").contains("verticles");
  }

  @Test
  void session_loggedOutOrOver_closesItsSockets() throws Exception {
    var token = console.adminToken();
    var other = new Socket(cookie(console.adminToken()));
    var socket = new Socket(cookie(token));
    assertThat(socket.ask("admin.sites.list", "{}", "{}")).containsEntry("type", "rec");
    console.call(token, "logout", "");
    assertThat(socket.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1008);
    assertThat(other.ask("admin.sites.list", "{}", "{}")).containsEntry("type", "rec");
    console.pass(Duration.ofMinutes(31));
    assertThat(other.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1008);
  }

  @Test
  void http_otherTransports_areNotThere() {
    assertThat(console.get("/eventbus/info").status()).isEqualTo(200);
    for (var path :
        new String[] {
          "/eventbus/", "/eventbus/iframe.html", "/eventbus/0/a/xhr", "/eventbus/0/a/jsonp"
        }) {
      assertThat(console.get(path).status()).as(path).isEqualTo(404);
    }
  }
}
