package io.marquetry.ingest.core;

import io.marquetry.bus.IngestMessage.Event;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event says, as 64 bits: to tell a message that is sent again from another that was given
 * the same id by mistake.
 *
 * <p>Design note: over the type, the name, who it is about, properties, traits and group, as
 * values: the order of fields does not matter, nor whether a number is written {@code 1} or {@code
 * 1.0}. Time stamps and context are left out, since senders renew them when they try again. Not
 * against forgery: whoever can send a message can also send it first. FNV-1a over the characters,
 * mixed by the finalizer of SplitMix64; stored, so never to be changed.
 */
public final class ContentHash {
  private static final long SEED = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private ContentHash() {}

  public static long of(Event event) {
    var subject = event.subject();
    long hash = text(SEED, event.type().key());
    hash = text(hash, event.name());
    // A browser that does not name itself may come with another cookie when it tries again.
    hash = value(hash, event.is("by_cookie") ? null : subject.anonymousId());
    hash = value(hash, subject.userId());
    for (var field : List.of("groupId", "name", "properties", "traits")) {
      hash = value(hash, event.fields().get(field));
    }
    return mix(hash);
  }

  private static long value(long hash, @Nullable Object value) {
    return switch (value) {
      case null -> (hash ^ 1) * PRIME;
      case Boolean flag -> (hash ^ (flag ? 2 : 3)) * PRIME;
      case String text -> text((hash ^ 4) * PRIME, text);
      case Number number ->
          ((hash ^ 5) * PRIME ^ mix(Double.doubleToLongBits(number.doubleValue()))) * PRIME;
      case List<?> list -> {
        long all = (hash ^ 6) * PRIME;
        for (var element : list) {
          all = value(all, element);
        }
        yield (all ^ 7) * PRIME;
      }
      case Map<?, ?> map -> {
        long sum = 0; // in no order
        for (var entry : map.entrySet()) {
          sum += mix(value(text(SEED, String.valueOf(entry.getKey())), entry.getValue()));
        }
        yield ((hash ^ 8) * PRIME ^ mix(sum)) * PRIME;
      }
      default -> text((hash ^ 9) * PRIME, value.toString());
    };
  }

  private static long text(long hash, String text) {
    long all = hash;
    for (int i = 0; i < text.length(); i++) {
      all = (all ^ text.charAt(i)) * PRIME;
    }
    return (all ^ text.length()) * PRIME;
  }

  private static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
