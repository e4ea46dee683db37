package io.marquetry.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A model behind the Open Inference Protocol that behaves as badly as it is told to.
 *
 * <p>At its best it scores candidates in the reverse of the order given, or names items {@code m1},
 * {@code m2}, …
 */
public final class ModelServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HUGE = 10 * 1024 * 1024;

  private final Vertx vertx;
  private final HttpServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private volatile Manner manner = Manner.GOOD;
  private volatile long millis = 60;

  /** Ways to behave. */
  public enum Manner {
    GOOD,
    /** Answers well, but late. */
    SLOW,
    /** Takes the question and says nothing. */
    HANGS,
    /** Sends its answer a byte at a time. */
    DRIPS,
    /** Closes the connection. */
    RESETS,
    FAILS,
    GARBAGE,
    /** Scores that are no numbers, as a text. */
    NAN,
    /** Scores beyond all numbers. */
    INFINITE,
    /** More scores than items. */
    MISSHAPEN,
    /** Names an item nobody asked about. */
    MAKES_UP,
    /** Ten megabytes. */
    HUGE,
    REDIRECTS
  }

  private ModelServer(Vertx vertx, HttpServer server) {
    this.vertx = vertx;
    this.server = server;
  }

  /** Starts on a port of its own. */
  public static ModelServer start(Vertx vertx) throws Exception {
    var server = vertx.createHttpServer();
    var model = new ModelServer(vertx, server);
    server.requestHandler(model::take);
    server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    return model;
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  public void behave(Manner now) {
    manner = now;
  }

  /** How late it is when slow. */
  public void slowBy(long late) {
    millis = late;
  }

  /** The paths asked, in order. */
  public List<String> asked() {
    return new ArrayList<>(asked);
  }

  /** The newest question. */
  public JsonNode question() throws JsonProcessingException {
    return JSON.readTree(bodies.getLast());
  }

  private void take(HttpServerRequest request) {
    asked.add(request.path());
    request.body().onSuccess(body -> answer(request, body));
  }

  private void answer(HttpServerRequest request, Buffer body) {
    bodies.add(body.toString());
    var response = request.response();
    switch (manner) {
      case GOOD -> response.end(good(body));
      case SLOW -> vertx.setTimer(millis, late -> response.end(good(body)));
      case HANGS -> {}
      case DRIPS -> drip(request, good(body), 0);
      case RESETS -> request.connection().close();
      case FAILS -> response.setStatusCode(500).end("{\"error\":\"on fire\"}");
      case GARBAGE -> response.end("<html>{\"outputs\":");
      case NAN -> response.end(write(List.of("m1"), List.of("NaN")));
      case INFINITE -> response.end("{\"outputs\":[{\"name\":\"scores\",\"data\":[1e999]}]}");
      case MISSHAPEN -> response.end(write(List.of("m1"), List.of(1.0, 2.0)));
      case MAKES_UP -> response.end(write(List.of("nobody-asked"), List.of(1.0)));
      case HUGE -> response.end(Buffer.buffer(new byte[HUGE]));
      case REDIRECTS -> response.setStatusCode(302).putHeader("Location", url()).end();
    }
  }

  private void drip(HttpServerRequest request, String text, int at) {
    var response = request.response();
    if (at == 0) {
      response.setChunked(true);
    }
    if (at < text.length() && !response.closed()) {
      response.write(text.substring(at, at + 1));
      vertx.setTimer(20, next -> drip(request, text, at + 1));
    }
  }

  private static String good(Buffer body) {
    var candidates = new ArrayList<String>();
    try {
      for (var input : JSON.readTree(body.toString()).path("inputs")) {
        if (input.path("name").asText().equals("candidates")) {
          input.path("data").forEach(one -> candidates.add(one.asText()));
        }
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    if (candidates.isEmpty()) {
      candidates.addAll(List.of("m1", "m2", "m3", "m4"));
    }
    var scores = new ArrayList<Object>();
    for (int i = 0; i < candidates.size(); i++) {
      scores.add((double) i);
    }
    return write(candidates, scores);
  }

  private static String write(List<String> items, List<Object> scores) {
    var confidence = items.stream().map(item -> (Object) 0.75).toList();
    var answer =
        Map.of(
            "model_name", "stub",
            "model_version", "7",
            "outputs",
                List.of(
                    tensor("items", "BYTES", items),
                    tensor("scores", "FP64", scores),
                    tensor("confidence", "FP64", confidence)));
    try {
      return JSON.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> tensor(String name, String type, List<?> data) {
    return Map.of("name", name, "datatype", type, "shape", List.of(data.size()), "data", data);
  }

  /** Stops taking questions. */
  @Override
  public void close() {
    server.close();
  }
}
