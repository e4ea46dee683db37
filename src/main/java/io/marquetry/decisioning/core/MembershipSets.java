package io.marquetry.decisioning.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sets of segment numbers, each kept once however many visitors have it.
 *
 * <p>Design note. A set is written as the gaps between its sorted numbers, seven bits a byte,
 * behind a count of its owners (4 bytes) and its length (2 bytes), rounded up to units of 4 bytes:
 * a dozen memberships out of five hundred take 20 bytes. Sets lie one behind the other in chunks of
 * bytes, and the number of the first unit is the set's id, so that no table of places is needed. Id
 * 0 is the empty set. A set without owners leaves its place to the next one of the same length. Ids
 * are found again through {@link SetIndex}.
 */
final class MembershipSets {
  /** Most bytes one set may take once encoded: more than twenty thousand memberships. */
  static final int MAX_LENGTH = 0xFFFF;

  /** Ids stay below this. */
  static final int MAX_ID = (1 << 27) - 1;

  private static final int UNIT = 4;
  private static final int HEADER = 6;
  private static final int CHUNK_BITS = 18;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] @Nullable [] chunks = new byte[16][];
  private int nextUnit = 1;
  private final int[] vacant = new int[units(MAX_LENGTH) + 1];
  private final SetIndex index = new SetIndex(this);
  private byte[] scratch = new byte[256];
  private long live;

  private static int units(int length) {
    return (HEADER + length + UNIT - 1) / UNIT;
  }

  private byte[] chunk(int id) {
    var chunk = chunks[id >>> (CHUNK_BITS - 2)];
    if (chunk == null) {
      throw new IllegalStateException("no set has id " + id);
    }
    return chunk;
  }

  private static int offset(int id) {
    return (id << 2) & (CHUNK - 1);
  }

  /** Distinct sets there are, without the empty one. */
  long live() {
    return live;
  }

  /** Bytes taken by the sets and the index over them. */
  long bytes() {
    return ((nextUnit * 4L) / CHUNK + 1) * CHUNK + index.bytes();
  }

  /**
   * The id of a set, with one owner more.
   *
   * @param numbers sorted, no number twice; only the first {@code count} are looked at
   */
  int take(int[] numbers, int count) {
    if (count == 0) {
      return 0;
    }
    int length = encode(numbers, count);
    long hash = hash(scratch, 0, length);
    int known = index.find(hash, scratch, length);
    if (known != 0) {
      owners(known, 1);
      return known;
    }
    int id = place(length);
    index.add(hash, id);
    live++;
    return id;
  }

  /** Gives up one ownership of a set. */
  void release(int id) {
    if (id != 0 && owners(id, -1) == 0) {
      index.remove(hashOf(id), id);
      int size = units(length(id));
      INT.set(chunk(id), offset(id), vacant[size]);
      vacant[size] = id;
      live--;
    }
  }

  private int owners(int id, int change) {
    var chunk = chunk(id);
    int owners = (int) INT.get(chunk, offset(id)) + change;
    INT.set(chunk, offset(id), owners);
    return owners;
  }

  private int encode(int[] numbers, int count) {
    if (scratch.length < count * 5) {
      scratch = new byte[count * 5];
    }
    int length = 0;
    int last = -1;
    for (int i = 0; i < count; i++) {
      int gap = numbers[i] - last - 1;
      last = numbers[i];
      while (gap >= 0x80) {
        scratch[length++] = (byte) (gap | 0x80);
        gap >>>= 7;
      }
      scratch[length++] = (byte) gap;
    }
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(count + " memberships are more than a visitor may have");
    }
    return length;
  }

  private int place(int length) {
    int size = units(length);
    int id = vacant[size];
    if (id != 0) {
      vacant[size] = (int) INT.get(chunk(id), offset(id));
    } else {
      id = append(size);
    }
    var chunk = chunk(id);
    int at = offset(id);
    INT.set(chunk, at, 1);
    chunk[at + 4] = (byte) length;
    chunk[at + 5] = (byte) (length >>> 8);
    System.arraycopy(scratch, 0, chunk, at + HEADER, length);
    return id;
  }

  private int append(int size) {
    int perChunk = CHUNK / UNIT;
    if (nextUnit % perChunk + size > perChunk || nextUnit % perChunk == 0) {
      nextUnit = (nextUnit + perChunk - 1) / perChunk * perChunk;
    }
    int id = nextUnit;
    if (id > MAX_ID - size) {
      throw new IllegalStateException("there is no room for more distinct membership sets");
    }
    int chunk = id / perChunk;
    if (chunk >= chunks.length) {
      chunks = Arrays.copyOf(chunks, chunks.length * 2);
    }
    if (chunks[chunk] == null) {
      chunks[chunk] = new byte[CHUNK];
    }
    nextUnit += size;
    return id;
  }

  private int length(int id) {
    var chunk = chunk(id);
    int at = offset(id);
    return (chunk[at + 4] & 0xFF) | (chunk[at + 5] & 0xFF) << 8;
  }

  boolean same(int id, byte[] encoded, int length) {
    int from = offset(id) + HEADER;
    return length(id) == length
        && Arrays.equals(chunk(id), from, from + length, encoded, 0, length);
  }

  long hashOf(int id) {
    return hash(chunk(id), offset(id) + HEADER, length(id));
  }

  private static long hash(byte[] bytes, int from, int length) {
    long hash = length;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ (bytes[i] & 0xFF)) * 0x100000001B3L;
    }
    return Mixing.mix(hash);
  }

  /** Writes the members, sorted, to {@code into}, which has room for all numbers; how many. */
  int members(int id, int[] into) {
    int count = 0;
    if (id != 0) {
      var chunk = chunk(id);
      int at = offset(id) + HEADER;
      int end = at + length(id);
      int number = -1;
      while (at < end) {
        int gap = gap(chunk, at);
        at += width(gap);
        number += gap + 1;
        into[count++] = number;
      }
    }
    return count;
  }

  /** Sets the bit of each member; {@code bits} has room for all numbers. */
  void mark(int id, long[] bits) {
    if (id != 0) {
      var chunk = chunk(id);
      int at = offset(id) + HEADER;
      int end = at + length(id);
      int number = -1;
      while (at < end) {
        int gap = gap(chunk, at);
        at += width(gap);
        number += gap + 1;
        bits[number >>> 6] |= 1L << number;
      }
    }
  }

  private static int gap(byte[] chunk, int at) {
    int first = chunk[at];
    return first >= 0 ? first : (first & 0x7F) | gap(chunk, at + 1) << 7;
  }

  /** How many bytes a gap is written in. */
  private static int width(int gap) {
    return gap < 0x80 ? 1 : gap < 0x4000 ? 2 : gap < 0x200000 ? 3 : gap < 0x10000000 ? 4 : 5;
  }
}
