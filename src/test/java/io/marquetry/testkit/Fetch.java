package io.marquetry.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Fetches answers as bytes, just as they come. */
public final class Fetch {
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private Fetch() {}

  /** Headers are names and values in turns. */
  public static HttpResponse<byte[]> get(String address, String... headers) {
    return send("GET", address, new byte[0], BodyHandlers.ofByteArray(), headers);
  }

  public static HttpResponse<byte[]> send(
      String method, String address, byte[] body, String... headers) {
    return send(method, address, body, BodyHandlers.ofByteArray(), headers);
  }

  /** The answer with its body still to be read. */
  public static HttpResponse<InputStream> open(String address, String... headers) {
    return send("GET", address, new byte[0], BodyHandlers.ofInputStream(), headers);
  }

  private static <T> HttpResponse<T> send(
      String method, String address, byte[] body, BodyHandler<T> handler, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return HTTP.send(request.build(), handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Sends a text over a connection of its own and answers all that comes until it is closed. */
  public static String raw(String base, String text) {
    var address = URI.create(base);
    try (var socket = new Socket(address.getHost(), address.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
