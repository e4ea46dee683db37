package io.marquetry.identity.core;

import io.marquetry.bus.IdentityMessage.Action;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.identity.core.Orders.Order;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A log over few devices and users, so that they meet often; sites alias only devices. */
record GeneratedLog(List<Event> events, List<Id128> devices, List<Id128> users) {

  private static final List<Action> ACTIONS =
      List.of(
          Action.MERGE, Action.MERGE, Action.UNMERGE, Action.SPLIT, Action.SPLIT, Action.RELEASE);

  static GeneratedLog of(long seed) {
    return of(seed, 0);
  }

  /**
   * A log in which somebody in charge meddles too.
   *
   * @param orders which share of it are orders, from 0 to 1
   */
  static GeneratedLog of(long seed, double orders) {
    var random = new Random(seed);
    var devices = ids(1, 2 + random.nextInt(9));
    var users = ids(2, 1 + random.nextInt(4));
    var events = new ArrayList<Event>();
    for (int n = 5 + random.nextInt(40); n > 0; n--) {
      if (orders > 0 && random.nextDouble() < orders) {
        events.add(order(events.size(), random, devices, users));
        continue;
      }
      var device = pick(random, devices, 0.9);
      var user = pick(random, users, device == null ? 1 : 0.4);
      var other = device == null ? null : pick(random, devices, 0.15);
      var previous = pick(random, devices, 0.08);
      events.add(Events.of(events.size(), device, other, user, previous));
    }
    return new GeneratedLog(events, devices, users);
  }

  private static Event order(int number, Random random, List<Id128> devices, List<Id128> users) {
    var all = new ArrayList<>(devices);
    all.addAll(users);
    var action = ACTIONS.get(random.nextInt(ACTIONS.size()));
    var one = all.get(random.nextInt(all.size()));
    var other = all.get(random.nextInt(all.size()));
    return Events.order(number, new Order(action, one, other, 0));
  }

  private static List<Id128> ids(long kind, int n) {
    var ids = new ArrayList<Id128>();
    for (int i = 0; i < n; i++) {
      ids.add(new Id128(kind, i));
    }
    return ids;
  }

  private static @Nullable Id128 pick(Random random, List<Id128> ids, double often) {
    return random.nextDouble() < often ? ids.get(random.nextInt(ids.size())) : null;
  }

  List<Id128> identifiers() {
    var all = new ArrayList<>(devices);
    all.addAll(users);
    return all;
  }
}
