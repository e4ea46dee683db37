package io.marquetry.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 answer as it comes in. Only answers that say how long they are, or come in chunks,
 * are understood, which is all that the servers measured here send.
 */
final class Answer {
  private byte[] bytes = new byte[16 * 1024];
  private int size;
  private int bodyFrom;
  private int bodyLength;
  private int status;
  private @Nullable Chunked chunked;

  /** An answer that is not understood. */
  static final class Garbled extends RuntimeException {
    private static final long serialVersionUID = 1;

    Garbled(String what) {
      super(what, null, false, false);
    }
  }

  /** Makes room for the next. */
  void clear() {
    size = 0;
    bodyFrom = 0;
    bodyLength = 0;
    status = 0;
    chunked = null;
  }

  /** Whether nothing of it has come yet. */
  boolean isEmpty() {
    return size == 0;
  }

  /** Takes more bytes; whether the answer is complete. */
  boolean take(ByteBuffer more) {
    int count = more.remaining();
    if (size + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + count, bytes.length * 2));
    }
    more.get(bytes, size, count);
    int from = Math.max(0, size - 3);
    size += count;
    if (bodyFrom == 0) {
      int end = endOfHead(from);
      if (end < 0) {
        return false;
      }
      readHead(end);
    }
    if (chunked != null) {
      return chunked.read(bytes, size);
    }
    if (size > bodyFrom + bodyLength) {
      throw new Garbled("more bytes than the answer says it has");
    }
    return size == bodyFrom + bodyLength;
  }

  private int endOfHead(int from) {
    for (int i = from; i + 3 < size; i++) {
      if (bytes[i] == '\r'
          && bytes[i + 1] == '\n'
          && bytes[i + 2] == '\r'
          && bytes[i + 3] == '\n') {
        return i + 4;
      }
    }
    return -1;
  }

  private void readHead(int end) {
    bodyFrom = end;
    status = (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + (bytes[11] - '0');
    int length = header(end, "content-length:");
    if (length >= 0 || status == 204) {
      bodyLength = length < 0 ? 0 : number(length);
    } else if (header(end, "transfer-encoding: chunked") >= 0) {
      chunked = new Chunked(bodyFrom);
    } else {
      throw new Garbled("an answer with status " + status + " that does not say where it ends");
    }
  }

  /** Where what follows this begins in the head; -1 where nothing does. */
  private int header(int end, String name) {
    for (int i = 0; i < end; i++) {
      if (bytes[i] == '\n' && (bytes[i + 1] | 32) == name.charAt(0) && named(i + 1, name)) {
        return i + 1 + name.length();
      }
    }
    return -1;
  }

  private boolean named(int at, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (at + i >= size || (bytes[at + i] | 32) != (name.charAt(i) | 32)) {
        return false;
      }
    }
    return true;
  }

  private int number(int from) {
    int value = 0;
    for (int i = from; i < size && bytes[i] != '\r'; i++) {
      if (bytes[i] != ' ') {
        value = value * 10 + bytes[i] - '0';
      }
    }
    return value;
  }

  int status() {
    return status;
  }

  boolean succeeded() {
    return status >= 200 && status < 300;
  }

  String body() {
    if (chunked != null) {
      return chunked.body(bytes);
    }
    return new String(bytes, bodyFrom, bodyLength, StandardCharsets.UTF_8);
  }
}
