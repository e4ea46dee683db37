package io.marquetry.segmentation.core.computed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * By which road a visitor is best reached: {@code attributes.channelPreference}, the one that most
 * speaks for, and {@code attributes.channels.<name>}, the share of each; half-life 30 days.
 *
 * <p>Coming by a road weighs 2 ({@code email}, {@code search}, {@code social}, {@code paid}, {@code
 * referral}; nobody is reached by coming directly), however many pages are then seen within half an
 * hour; an e-mail opened 1, since many are opened by machines, its link clicked 3, a notification
 * tapped or a message answered 3, a chat begun 2; to unsubscribe or to call it spam speaks against
 * it with 10. A road is preferred from a weight of 1 on.
 */
final class ChannelPreference {
  /** Stands for all the page views of a half hour. */
  static final String VISIT = "Visit";

  private static final double LEAST = 1;
  private static final double CAME = 2;
  private static final long HALF_HOUR = 30 * 60 * 1000L;
  private static final Set<String> ROADS = Set.of("email", "search", "social", "paid", "referral");

  private record Weight(String channel, double weight) {}

  private static final Map<String, Weight> WEIGHTS =
      Map.of(
          "Email Opened", new Weight("email", 1),
          "Email Link Clicked", new Weight("email", 3),
          "Email Marked as Spam", new Weight("email", -10),
          "Unsubscribed", new Weight("email", -10),
          "Push Notification Tapped", new Weight("push", 3),
          "SMS Link Clicked", new Weight("sms", 3),
          "SMS Replied", new Weight("sms", 3),
          "Live Chat Conversation Started", new Weight("chat", 2));

  private ChannelPreference() {}

  /**
   * Reads an event.
   *
   * @param road by which the page that was seen was come to; null where none is known
   */
  static void read(Deed deed, @Nullable String road, List<Signal> into) {
    var weight = deed.isTrack() ? WEIGHTS.get(deed.name()) : null;
    if (weight != null) {
      into.add(signal(weight.channel(), deed.at(), deed.name(), weight.weight()));
    } else if (deed.isView() && road != null && ROADS.contains(road)) {
      long halfHour = deed.at() - Math.floorMod(deed.at(), HALF_HOUR);
      into.add(signal(road, halfHour, VISIT, CAME));
    }
  }

  private static Signal signal(String channel, long at, String event, double weight) {
    return new Signal(Kind.CHANNEL, channel, at, event, weight);
  }

  static @Nullable String preferred(Signals signals, long moment) {
    String best = null;
    double most = LEAST;
    for (var entry : signals.masses(Kind.CHANNEL, moment).entrySet()) {
      if (entry.getValue() > most || (best == null && entry.getValue() >= most)) {
        best = entry.getKey();
        most = entry.getValue();
      }
    }
    return best;
  }

  /** From the whole of what speaks for any, the share of each. */
  static Map<String, Object> shares(Signals signals, long moment) {
    var masses = signals.masses(Kind.CHANNEL, moment);
    masses.values().removeIf(mass -> mass <= 0);
    double all = masses.values().stream().mapToDouble(Double::doubleValue).sum();
    var shares = new LinkedHashMap<String, Object>();
    masses.forEach((channel, mass) -> shares.put(channel, Rounded.of(mass / all)));
    return shares;
  }
}
