package io.marquetry.segmentation.core.computed;

import java.util.List;
import java.util.TreeSet;

/**
 * Which topics a visitor reads and does something about: {@code attributes.affinity.topic.<name>},
 * see {@link Leaning}; half-life 14 days, since interests outlive the wish for a thing.
 *
 * <p>The topic is {@code context.page.topic}, which the site's page patterns give, or {@code
 * properties.topic}, a text or a list. To see a page about it weighs 1, to do something there 2.
 */
final class TopicEngagement {
  private static final double SEEN = 1;
  private static final double DONE = 2;
  private static final int MAX_TOPICS = 5;

  private TopicEngagement() {}

  static void read(Deed deed, List<Signal> into) {
    if (!deed.isView() && !deed.isTrack()) {
      return;
    }
    var topics = new TreeSet<String>();
    topics.add(Deed.key(deed.page("topic")));
    if (deed.property("topic") instanceof List<?> list) {
      list.stream().limit(MAX_TOPICS).forEach(topic -> topics.add(Deed.key(topic)));
    } else {
      topics.add(Deed.key(deed.property("topic")));
    }
    for (var topic : topics) {
      if (!topic.isEmpty()) {
        double weight = deed.isView() ? SEEN : DONE;
        into.add(new Signal(Kind.TOPIC, topic, deed.at(), deed.name(), weight));
      }
    }
  }
}
