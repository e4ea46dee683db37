package io.marquetry.assembly;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.JdkZlibEncoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compression of one text on its way, by Netty's codecs, a piece at a time.
 *
 * <p>To be closed, whatever becomes of the text.
 */
final class Coding implements AutoCloseable {
  /** Pages are made anew for everybody, so they are compressed lightly. */
  private static final int LEVEL = 4;

  private static final int MOST_AT_ONCE = 4 * 1024 * 1024;

  private final EmbeddedChannel channel;
  private final boolean compresses;

  private Coding(ChannelHandler codec, boolean compresses) {
    channel = new EmbeddedChannel(codec);
    this.compresses = compresses;
  }

  static Coding gzip() {
    return new Coding(new JdkZlibEncoder(ZlibWrapper.GZIP, LEVEL), true);
  }

  /** Whether {@link #decoder} knows a {@code Content-Encoding}; identity needs none. */
  static boolean knows(@Nullable String encoding) {
    return isIdentity(encoding) || wrapper(encoding) != null;
  }

  static boolean isIdentity(@Nullable String encoding) {
    return encoding == null || encoding.isBlank() || encoding.strip().equalsIgnoreCase("identity");
  }

  /** What undoes a {@code Content-Encoding}; null where there is nothing to undo. */
  static @Nullable Coding decoder(@Nullable String encoding) {
    var wrapper = wrapper(encoding);
    return wrapper == null ? null : new Coding(new JdkZlibDecoder(wrapper, MOST_AT_ONCE), false);
  }

  private static @Nullable ZlibWrapper wrapper(@Nullable String encoding) {
    return switch (encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip" -> ZlibWrapper.GZIP;
      case "deflate" -> ZlibWrapper.ZLIB_OR_NONE;
      default -> null;
    };
  }

  /**
   * Takes a piece and answers what it comes to, which may be nothing yet.
   *
   * @throws RuntimeException where the text is not what it is said to be
   */
  byte[] next(byte[] piece) {
    var wrapped = Unpooled.wrappedBuffer(piece);
    if (compresses) {
      channel.writeOutbound(wrapped);
    } else {
      channel.writeInbound(wrapped);
    }
    return taken();
  }

  /** Ends the text and answers the rest of it. */
  byte[] last() {
    channel.finish();
    return taken();
  }

  private byte[] taken() {
    var all = Unpooled.buffer();
    for (ByteBuf piece = read(); piece != null; piece = read()) {
      all.writeBytes(piece);
      piece.release();
    }
    var bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }

  private @Nullable ByteBuf read() {
    return compresses ? channel.readOutbound() : channel.readInbound();
  }

  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }
}
