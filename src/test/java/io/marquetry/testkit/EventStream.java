package io.marquetry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream of server-sent events, read as a browser reads it. */
public final class EventStream implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;
  private static final String ENDED = "\0";

  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpResponse<java.io.InputStream> response;
  private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
  private volatile String lastId = "";

  private EventStream(HttpRequest request) {
    try {
      response = client.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    Thread.ofVirtual().start(this::read);
  }

  public static EventStream open(String url, Map<String, String> headers) {
    var request = HttpRequest.newBuilder(URI.create(url));
    headers.forEach(request::header);
    return new EventStream(request.build());
  }

  private void read() {
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      var data = new StringBuilder();
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && !data.isEmpty()) {
          events.add(data.toString());
          data.setLength(0);
        } else if (line.startsWith("data: ")) {
          data.append(line.substring("data: ".length()));
        } else if (line.startsWith("id: ")) {
          lastId = line.substring("id: ".length());
        }
      }
    } catch (IOException closed) {
      // the end of it, for whoever waits
    }
    events.add(ENDED);
  }

  public int status() {
    return response.statusCode();
  }

  public String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** The id that a client would come back with. */
  public String lastId() {
    return lastId;
  }

  /** The data of the next event, which has to come soon. */
  public String next() {
    var event = poll(PATIENCE_SECONDS * 1_000);
    assertThat(event).as("an event within %d s", PATIENCE_SECONDS).isNotNull().isNotEqualTo(ENDED);
    return String.valueOf(event);
  }

  /** The data of an event that comes within some milliseconds, null where none does. */
  public @Nullable String poll(long millis) {
    try {
      return events.poll(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits until the server has ended it; what came before is passed over. */
  public void awaitEnd() {
    var event = poll(PATIENCE_SECONDS * 1_000);
    while (event != null && !event.equals(ENDED)) {
      event = poll(PATIENCE_SECONDS * 1_000);
    }
    assertThat(event).as("the end of the stream").isEqualTo(ENDED);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
