package io.marquetry.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.marquetry.testkit.RunningServer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of the event-bus bridge: its JSON frames over a plain WebSocket. */
final class BridgeSocket implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 10;

  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<Map<String, Object>> received = new LinkedBlockingQueue<>();
  private final WebSocket socket;
  private int asked;

  BridgeSocket(RunningServer server) {
    socket = client.newWebSocketBuilder().buildAsync(address(server.base()), new Frames()).join();
  }

  private static URI address(String base) {
    return URI.create(base.replace("http://", "ws://") + "/eventbus/websocket");
  }

  /** The HTTP status with which a page of this origin is answered that opens a socket. */
  static int status(String base, String origin) {
    try (var client = HttpClient.newHttpClient()) {
      client
          .newWebSocketBuilder()
          .header("Origin", origin)
          .buildAsync(address(base), new WebSocket.Listener() {})
          .join()
          .abort();
      return 101;
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  /** The bridge writes its JSON into binary frames where the WebSocket is a plain one. */
  private final class Frames implements WebSocket.Listener {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
      while (part.hasRemaining()) {
        bytes.write(part.get());
      }
      if (last) {
        received.add(parsed(bytes.toString(StandardCharsets.UTF_8)));
        bytes.reset();
      }
      from.request(1);
      return null;
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> parsed(String json) {
    try {
      return JSON.readValue(json, Map.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }

  private void send(Map<String, Object> frame) {
    try {
      socket.sendText(JSON.writeValueAsString(frame), true).join();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Object> frame(String type, String address, String token) {
    var frame = new LinkedHashMap<String, Object>();
    frame.put("type", type);
    frame.put("address", address);
    if (!token.isEmpty()) {
      frame.put("headers", Map.of("authorization", "Bearer " + token));
    }
    return frame;
  }

  /** Asks and waits for the answer, or for the refusal of the bridge. */
  Map<String, Object> ask(String address, Map<String, Object> body, String token) {
    var reply = "reply-" + ++asked;
    var frame = frame("send", address, token);
    frame.put("body", body);
    frame.put("replyAddress", reply);
    send(frame);
    while (true) {
      var next = take();
      if (reply.equals(next.get("address")) || "err".equals(next.get("type"))) {
        return next;
      }
    }
  }

  /** Listens to an address from here on. */
  void register(String address, String token) {
    send(frame("register", address, token));
  }

  /** The next frame of a type. */
  Map<String, Object> next(String type) {
    while (true) {
      var next = take();
      if (type.equals(next.get("type"))) {
        return next;
      }
    }
  }

  /** The next frame of a type at an address. */
  Map<String, Object> next(String type, String address) {
    while (true) {
      var next = next(type);
      if (address.equals(next.get("address"))) {
        return next;
      }
    }
  }

  private Map<String, Object> take() {
    try {
      var next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("the bridge sends nothing");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
  }
}
