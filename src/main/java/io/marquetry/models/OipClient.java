package io.marquetry.models;

import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts questions to models over HTTP, on connections that are kept.
 *
 * <p>A call ends at its limit, whatever the other side does: hangs, drips, sends without end. Then
 * its connection is closed, since nobody knows what would come on it next. Redirects are not
 * followed: a model's address is where its owner says.
 */
final class OipClient {
  private static final int CONNECT_MILLIS = 1_000;
  private static final int KEEP_SECONDS = 30;

  private final Vertx vertx;
  private final HttpClient http;
  private final int maxBytes;

  /** No answer that can be read. */
  static final class Unanswered extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Outcome outcome;

    Unanswered(Outcome outcome) {
      super(outcome.key(), null, false, false);
      this.outcome = outcome;
    }

    Outcome outcome() {
      return outcome;
    }
  }

  /**
   * @param connections to one host
   * @param maxBytes longest answer that is read
   */
  OipClient(Vertx vertx, int connections, int maxBytes) {
    this.vertx = vertx;
    this.maxBytes = maxBytes;
    http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setKeepAlive(true)
                .setKeepAliveTimeout(KEEP_SECONDS)
                .setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(connections));
  }

  /**
   * Asks.
   *
   * @param millis the call is over then, answered or not
   * @return the body of the answer; fails with {@link Unanswered}
   */
  Future<Map<String, Object>> ask(String address, Map<String, Object> question, long millis) {
    var call = new Call();
    long timer = vertx.setTimer(millis, fired -> call.end(Outcome.LATE));
    var options = new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(address);
    http.request(options)
        .onSuccess(request -> call.send(request, Buffer.buffer(Json.write(question))))
        .onFailure(e -> call.end(Outcome.UNREACHABLE));
    return call.answer.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** Lets go of all connections. */
  Future<Void> close() {
    return http.close();
  }

  /** One call; its outcome is the first that comes up. */
  private final class Call {
    private final Promise<Map<String, Object>> answer = Promise.promise();
    private @Nullable HttpClientRequest request;
    private Buffer read = Buffer.buffer();

    private void send(HttpClientRequest made, Buffer body) {
      request = made;
      if (answer.future().isComplete()) {
        made.reset();
        return;
      }
      made.exceptionHandler(e -> end(Outcome.UNREACHABLE));
      made.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
          .putHeader(HttpHeaders.ACCEPT, "application/json");
      made.response().onSuccess(this::read).onFailure(e -> end(Outcome.UNREACHABLE));
      made.end(body).onFailure(e -> end(Outcome.UNREACHABLE));
    }

    private void read(HttpClientResponse response) {
      response.exceptionHandler(e -> end(Outcome.UNREACHABLE));
      if (response.statusCode() != 200) {
        end(Outcome.REFUSED);
        return;
      }
      response.handler(
          chunk -> {
            if (read.length() + chunk.length() > maxBytes) {
              end(Outcome.GARBAGE);
            } else {
              read = read.appendBuffer(chunk);
            }
          });
      response.endHandler(ended -> whole());
    }

    private void whole() {
      try {
        answer.tryComplete(Json.readObject(read.getBytes()));
      } catch (Json.Malformed e) {
        answer.tryFail(new Unanswered(Outcome.GARBAGE));
      }
    }

    private void end(Outcome why) {
      if (answer.tryFail(new Unanswered(why)) && request != null) {
        request.reset();
      }
    }
  }
}
