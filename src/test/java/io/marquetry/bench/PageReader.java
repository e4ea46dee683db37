package io.marquetry.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/** A browser that looks at one page, on a connection that it keeps. For one thread at a time. */
final class PageReader implements AutoCloseable {
  /** Between two looks, so that readers are not the load: ten times as fine as the goal. */
  private static final long PAUSE_NANOS = 5_000_000;

  private final SocketChannel channel;
  private final Answer answer = new Answer();
  private final ByteBuffer incoming = ByteBuffer.allocate(64 * 1024);
  private final ByteBuffer request;

  PageReader(int port, RequestText page) throws IOException {
    var template = Template.of(page);
    var bytes = new byte[template.length()];
    template.write(bytes, 0);
    request = ByteBuffer.wrap(bytes);
    channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  /**
   * Asks again and again until the page holds this.
   *
   * @return when it did, as {@link System#nanoTime} counts
   * @throws IOException where a request is lost, or this does not come within {@code patience}
   */
  long awaits(String text, long patience) throws IOException {
    long begun = System.nanoTime();
    while (true) {
      var page = look();
      long now = System.nanoTime();
      if (page.contains(text)) {
        return now;
      }
      if (now - begun > patience) {
        throw new IOException("a browser was never shown " + text + " but: " + page);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private String look() throws IOException {
    request.rewind();
    while (request.hasRemaining()) {
      channel.write(request);
    }
    answer.clear();
    do {
      incoming.clear();
      if (channel.read(incoming) < 0) {
        throw new IOException("the server closed the connection");
      }
      incoming.flip();
    } while (!answer.take(incoming));
    if (!answer.succeeded()) {
      throw new IOException("status " + answer.status() + ": " + answer.body());
    }
    return answer.body();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone, which is what was wanted.
    }
  }
}
