package io.marquetry.replay;

import io.marquetry.platform.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Posts JSON, and goes on trying while the server says "later" or nothing at all.
 *
 * <p>Blocking; for the one thread of a command.
 */
final class Http implements AutoCloseable {
  /** With the pauses between them, some forty seconds: a restart of the server is survived. */
  private static final int TRIES = 10;

  /** Where nothing ever answered there is probably no server. */
  private static final int FIRST_TRIES = 3;

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;
  private boolean answered;
  private long retries;

  Http(URI base) {
    this.base = base;
  }

  /**
   * An answer that is not "later".
   *
   * @param json the body; empty where it is no JSON object
   */
  record Answer(int status, Map<String, Object> json) {}

  /** How often something had to be sent again. */
  long retries() {
    return retries;
  }

  /**
   * Posts.
   *
   * @throws IOException where the server gives no answer to the end
   */
  Answer post(String path, byte[] body, Map<String, String> headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    var built = request.build();
    String trouble;
    for (int attempt = 1; ; attempt++) {
      long pause = Math.min(FIRST_PAUSE_MILLIS << attempt, LONGEST_PAUSE_MILLIS);
      try {
        var response = client.send(built, BodyHandlers.ofByteArray());
        answered = true;
        if (!isLater(response.statusCode())) {
          return new Answer(response.statusCode(), json(response.body()));
        }
        trouble = base + " still answers " + response.statusCode();
        pause = pause(response.headers().firstValue("Retry-After").orElse(""), pause);
      } catch (IOException e) {
        trouble = "no answer from " + base + " (" + reason(e) + "): is the server running?";
      }
      if (attempt == (answered ? TRIES : FIRST_TRIES)) {
        throw new IOException(trouble);
      }
      retries++;
      TimeUnit.MILLISECONDS.sleep(pause);
    }
  }

  private static String reason(IOException e) {
    var message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static boolean isLater(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  private static long pause(String seconds, long fallback) {
    try {
      long millis = Math.multiplyExact(Long.parseLong(seconds.strip()), 1_000L);
      return Math.clamp(millis, 0, LONGEST_PAUSE_MILLIS);
    } catch (NumberFormatException | ArithmeticException e) {
      return fallback;
    }
  }

  private static Map<String, Object> json(byte[] body) {
    try {
      return Json.readObject(body);
    } catch (Json.Malformed e) {
      return Map.of();
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
