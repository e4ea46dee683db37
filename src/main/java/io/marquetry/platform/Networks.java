package io.marquetry.platform;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Networks in CIDR notation, such as {@code 10.0.0.0/8} or {@code ::1}; immutable. */
final class Networks {
  private final List<Network> networks;

  /** Those addresses whose first {@code bits} bits are these. */
  @SuppressWarnings("ArrayRecordComponent") // made here, never handed out
  private record Network(byte[] address, int bits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = bits - bit >= 8 ? 0xFF : 0xFF << (8 - (bits - bit));
        if (((address[bit >> 3] ^ other[bit >> 3]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private Networks(List<Network> networks) {
    this.networks = networks;
  }

  /**
   * Reads networks.
   *
   * @throws StartupProblem naming the one that is none
   */
  static Networks parse(String setting, List<String> texts) {
    var networks = new ArrayList<Network>();
    for (var text : texts) {
      networks.add(parse(setting, text));
    }
    return new Networks(List.copyOf(networks));
  }

  private static Network parse(String setting, String text) {
    try {
      int slash = text.indexOf('/');
      var address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
      int bits =
          slash < 0 ? address.length * 8 : Integer.parseInt(text, slash + 1, text.length(), 10);
      if (bits >= 0 && bits <= address.length * 8) {
        return new Network(address, bits);
      }
    } catch (IllegalArgumentException e) {
      // falls through to the message that says what is expected
    }
    throw new StartupProblem(
        setting + " holds '" + text + "', expected a network such as 10.0.0.0/8 or ::1");
  }

  /** Whether an address, as a literal, is in one of them. */
  boolean contain(@Nullable String address) {
    var parsed = address(address);
    return parsed != null && networks.stream().anyMatch(one -> one.contains(parsed.getAddress()));
  }

  /** An address that is a literal, never looked up by name; null for anything else. */
  static @Nullable InetAddress address(@Nullable String literal) {
    try {
      return literal == null || literal.isEmpty() ? null : InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
