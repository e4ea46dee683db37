package io.marquetry.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection that is kept open, with at most one request under way. */
final class Connection implements AutoCloseable {
  private final SocketChannel channel;
  private final SelectionKey key;
  private final Flow flow;
  private final Answer answer = new Answer();
  private final ByteBuffer incoming;
  private final byte[] request;
  private final ByteBuffer outgoing;

  /** When the request under way was due, and when the one before it in its chain was answered. */
  long due;

  long acknowledged;

  /** When the first byte of the last answer came. */
  long firstByte;

  /** Number of the request under way. */
  long number;

  /** Whether the request under way is the second of its chain. */
  boolean following;

  Connection(Selector selector, int port, Flow flow, ByteBuffer incoming, int longest)
      throws IOException {
    this.flow = flow;
    this.incoming = incoming;
    request = new byte[longest];
    outgoing = ByteBuffer.allocateDirect(longest);
    channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  Flow flow() {
    return flow;
  }

  Answer answer() {
    return answer;
  }

  /** Begins a request. */
  void send(Template template, long numbered) throws IOException {
    number = numbered;
    answer.clear();
    template.write(request, numbered);
    outgoing.clear();
    outgoing.put(request, 0, template.length()).flip();
    write();
  }

  /** Goes on sending where the socket took only a part. */
  void write() throws IOException {
    channel.write(outgoing);
    int interest =
        outgoing.hasRemaining()
            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
            : SelectionKey.OP_READ;
    if (key.interestOps() != interest) {
      key.interestOps(interest);
    }
  }

  /** Reads what has come; whether the answer is complete. */
  boolean read() throws IOException {
    incoming.clear();
    int count = channel.read(incoming);
    if (count < 0) {
      throw new IOException("the server closed the connection");
    }
    incoming.flip();
    if (count > 0 && answer.isEmpty()) {
      firstByte = System.nanoTime();
    }
    return count > 0 && answer.take(incoming);
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
