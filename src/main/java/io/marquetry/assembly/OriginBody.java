package io.marquetry.assembly;

import io.marquetry.assembly.core.Chunks;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an origin's answer on its way to the browser.
 *
 * <p>No more of it is taken in than the browser takes out: the origin is paused while the browser's
 * queue is full, and while a slot waits for its decision.
 */
final class OriginBody {
  /** A page with ESI tags has to be here as a whole before it is put together. */
  private static final int LONGEST_WITH_TAGS = 4 * 1024 * 1024;

  private final OriginExchange exchange;
  private final HttpClientResponse origin;
  private final HttpServerResponse response;
  private final @Nullable SlotFilter filter;
  private final @Nullable Coding decoder;
  private final @Nullable Coding encoder;
  private final @Nullable EsiPage esi;
  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
  private long heard = System.nanoTime();
  private boolean full;
  private boolean deciding;
  private boolean ended;
  private boolean closed;

  /**
   * @param filter null to pass everything as it comes
   * @param decoder null where the origin's text is not compressed
   * @param encoder null where the browser's is not to be
   * @param esi puts the page together once it is here; null where it has no tags for that
   */
  OriginBody(
      OriginExchange exchange,
      HttpClientResponse origin,
      @Nullable SlotFilter filter,
      @Nullable Coding decoder,
      @Nullable Coding encoder,
      @Nullable EsiPage esi) {
    this.exchange = exchange;
    this.origin = origin;
    this.response = exchange.response();
    this.filter = filter;
    this.decoder = decoder;
    this.encoder = encoder;
    this.esi = esi;
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
      read(filter, decoder == null ? bytes : decoder.next(bytes));
    } catch (RuntimeException e) {
      exchange.broken(); // it is not compressed as it says
    }
  }

  private void read(SlotFilter slots, byte[] bytes) {
    if (esi == null) {
      slots.feed(bytes);
      advance(slots);
      return;
    }
    collected.writeBytes(bytes);
    if (collected.size() > LONGEST_WITH_TAGS) {
      exchange.broken();
    }
  }

  private void assemble(EsiPage tags, SlotFilter slots) {
    deciding = true; // the origin has said all it had to
    tags.assemble(collected.toByteArray())
        .onComplete(
            done -> {
              deciding = false;
              if (done.failed()) {
                exchange.broken();
                return;
              }
              slots.feed(done.result());
              slots.end();
              advance(slots);
            });
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
        read(filter, decoder.last());
      }
      if (esi != null) {
        assemble(esi, filter);
        return;
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
