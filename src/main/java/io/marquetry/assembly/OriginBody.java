package io.marquetry.assembly;

import io.marquetry.assembly.core.Chunks;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an origin's answer on its way to the browser.
 *
 * <p>No more of it is taken in than the browser takes out: the origin is paused while the browser's
 * queue is full, and while a slot waits for its decision.
 */
final class OriginBody {
  private final OriginExchange exchange;
  private final HttpClientResponse origin;
  private final HttpServerResponse response;
  private final @Nullable SlotFilter filter;
  private final @Nullable Coding decoder;
  private final @Nullable Coding encoder;
  private long heard = System.nanoTime();
  private boolean full;
  private boolean deciding;
  private boolean ended;
  private boolean closed;

  /**
   * @param filter null to pass everything as it comes
   * @param decoder null where the origin's text is not compressed
   * @param encoder null where the browser's is not to be
   */
  OriginBody(
      OriginExchange exchange,
      HttpClientResponse origin,
      @Nullable SlotFilter filter,
      @Nullable Coding decoder,
      @Nullable Coding encoder) {
    this.exchange = exchange;
    this.origin = origin;
    this.response = exchange.response();
    this.filter = filter;
    this.decoder = decoder;
    this.encoder = encoder;
  }

  void begin() {
    origin.exceptionHandler(broken -> exchange.broken());
    origin.endHandler(end -> ended());
    origin.handler(this::take);
    response.drainHandler(drained -> drained());
    heard = System.nanoTime();
    origin.resume();
  }

  private void take(Buffer piece) {
    heard = System.nanoTime();
    if (closed) {
      return;
    }
    if (filter == null) {
      write(piece);
      return;
    }
    try {
      var bytes = piece.getBytes();
      filter.feed(decoder == null ? bytes : decoder.next(bytes));
      advance(filter);
    } catch (RuntimeException e) {
      exchange.broken(); // it is not compressed as it says
    }
  }

  private void ended() {
    if (closed) {
      return;
    }
    ended = true;
    if (filter == null) {
      exchange.passed(origin, null);
      return;
    }
    try {
      if (decoder != null) {
        filter.feed(decoder.last());
      }
      filter.end();
      advance(filter);
    } catch (RuntimeException e) {
      exchange.broken();
    }
  }

  /** Sends on what can be sent; where a decision is missing, goes on when it is there. */
  private void advance(SlotFilter pieces) {
    if (deciding || closed) {
      return;
    }
    var out = new Chunks();
    var missing = pieces.write(out);
    if (out.length() > 0) {
      write(encoder == null ? PageAnswers.buffer(out) : Buffer.buffer(encoder.next(out.join())));
    }
    if (missing != null) {
      deciding = true;
      origin.pause();
      missing.onComplete(
          decided -> {
            deciding = false;
            heard = System.nanoTime();
            advance(pieces);
            flow();
          });
    } else if (ended) {
      finish();
    }
  }

  private void finish() {
    if (encoder != null) {
      write(Buffer.buffer(encoder.last()));
    }
    exchange.passed(origin, filter);
  }

  private void write(Buffer piece) {
    if (piece.length() == 0) {
      return;
    }
    var unused = response.write(piece);
    if (!full && response.writeQueueFull()) {
      full = true;
      origin.pause();
    }
  }

  private void drained() {
    full = false;
    heard = System.nanoTime();
    flow();
  }

  private void flow() {
    if (!full && !deciding && !closed) {
      origin.resume();
    }
  }

  /** For how long the origin has sent nothing that was wanted. */
  long silentMillis(long now) {
    return full || deciding ? 0 : TimeUnit.NANOSECONDS.toMillis(now - heard);
  }

  void close() {
    closed = true;
    if (decoder != null) {
      decoder.close();
    }
    if (encoder != null) {
      encoder.close();
    }
  }
}
