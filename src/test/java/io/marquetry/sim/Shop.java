package io.marquetry.sim;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.ConsentMessage.SetConsent;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.sim.World.Life;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The people of a run: they look around on several devices, log in and out, buy, allow and forbid,
 * and their browsers send every event again until it is acknowledged.
 */
final class Shop {
  static final String SITE = "shop";
  private static final long MILLI = 1_000;
  private static final Life OUTSIDE = new Life();

  private final World world;
  private final Installation installation;
  private final SplittableRandom chance;
  private final Ids ids = new Ids(Shape.SECRET);
  private final List<Sent> sent = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private int busy;
  private long messages;
  private boolean hurried;

  /** People who share devices, so that what one of them allows may hold for another. */
  static final class Group {
    /** Device ids whose refusal was confirmed and not taken back since. */
    private final Set<String> refused = new HashSet<>();

    /** The same, where nothing may be chosen for them either. */
    private final Set<Id128> unseen = new HashSet<>();

    private final Set<String> names = new HashSet<>();
    private final List<Id128> keys = new ArrayList<>();

    /** When somebody began to allow, in microseconds since the beginning. */
    private final List<Long> grantedAt = new ArrayList<>();

    private final boolean agreeable;
    private boolean everRefused;
    private int grantsUnderWay;

    Group(boolean agreeable) {
      this.agreeable = agreeable;
    }

    /** Whether anything was ever forbidden here: what was applied then hangs on when. */
    boolean everRefused() {
      return everRefused;
    }

    /** The identifiers of its devices and users. */
    List<Id128> keys() {
      return keys;
    }

    /** Devices for which nothing may be chosen, by a refusal that was confirmed. */
    Set<Id128> unseen() {
      return unseen;
    }

    /** Whether a device or a user belongs here. */
    boolean has(@Nullable String name) {
      return name != null && names.contains(name);
    }
  }

  /** One event that a browser has to get rid of. */
  static final class Sent {
    final String messageId;
    final boolean poison;
    final Group group;
    private final Map<String, Object> call;
    private final boolean saysWhen;
    private final long skew;
    private final boolean refused;
    private final long capturedAt;
    @Nullable Verdict verdict;
    boolean acknowledged;

    Sent(
        String messageId,
        Map<String, Object> call,
        boolean poison,
        boolean saysWhen,
        long skew,
        Group group,
        boolean refused,
        long capturedAt) {
      this.messageId = messageId;
      this.call = call;
      this.poison = poison;
      this.saysWhen = saysWhen;
      this.skew = skew;
      this.group = group;
      this.refused = refused;
      this.capturedAt = capturedAt;
    }

    /**
     * Whether it was captured under a confirmed refusal that nobody began to take back before it
     * was stored; copies of it may arrive for long after one was answered.
     */
    boolean mayNotBeStored(long storedAt) {
      return refused
          && group.grantedAt.stream().noneMatch(at -> at >= capturedAt && at <= storedAt);
    }
  }

  private record Device(String id, long skew, boolean saysWhen) {}

  private static final class Person {
    final String user;
    final List<Device> devices;
    final Group group;
    final Set<Device> loggedIn = new HashSet<>();
    int left;

    Person(String user, List<Device> devices, Group group, int left) {
      this.user = user;
      this.devices = devices;
      this.group = group;
      this.left = left;
    }
  }

  Shop(World world, Installation installation, int people) {
    this.world = world;
    this.installation = installation;
    this.chance = world.chance();
    while (busy < people) {
      open(Math.min(people - busy, 1 + (chance.nextInt(3) == 0 ? 1 : 0)));
    }
  }

  /** Some people come in who share the first of their devices. */
  private void open(int together) {
    var group = new Group(chance.nextInt(3) > 0);
    groups.add(group);
    var shared = device(group);
    for (int i = 0; i < together; i++) {
      var devices = new ArrayList<Device>();
      devices.add(shared);
      for (int more = chance.nextInt(3); more > 0; more--) {
        devices.add(device(group));
      }
      var user = "user-" + busy;
      group.names.add(user);
      group.keys.add(ids.user(SITE, user));
      var person = new Person(user, devices, group, 5 + chance.nextInt(20));
      busy++;
      world.later(OUTSIDE, chance.nextLong(10_000) * MILLI, () -> enter(person));
    }
  }

  /** Many answer the banner first. */
  private void enter(Person person) {
    if (chance.nextInt(3) > 0) {
      consent(person, person.devices.getFirst(), person.group.agreeable || chance.nextBoolean());
    }
    world.later(OUTSIDE, chance.nextLong(100) * MILLI, () -> act(person));
  }

  private Device device(Group group) {
    var id = "device-" + messages++;
    group.names.add(id);
    group.keys.add(ids.device(SITE, id));
    long skew = chance.nextInt(3) == 0 ? (chance.nextLong(48) - 24) * 3_600_000 : 0;
    return new Device(id, skew, skew != 0 || chance.nextBoolean());
  }

  /** Whether everybody has gone home. */
  boolean isEmpty() {
    return busy == 0;
  }

  List<Sent> sent() {
    return sent;
  }

  /** How many events nobody acknowledged yet. */
  long open() {
    return sent.stream().filter(one -> !one.acknowledged).count();
  }

  List<Group> groups() {
    return groups;
  }

  /** From here on browsers try again at once. */
  void hurry() {
    hurried = true;
  }

  private void act(Person person) {
    if (person.left-- == 0) {
      busy--;
      return;
    }
    var device = person.devices.get(chance.nextInt(person.devices.size()));
    switch (chance.nextInt(20)) {
      case 0, 1 -> login(person, device);
      case 2 -> person.loggedIn.remove(device);
      case 3 -> consent(person, device, person.group.agreeable);
      case 4 -> consent(person, device, true);
      case 5 -> post(person, device, call("track", "nonsense"), true);
      case 6 -> alias(person, device);
      case 7, 8, 9 -> post(person, device, bought(), false);
      case 10, 11, 12, 13 -> post(person, device, viewed(), false);
      default -> post(person, device, call("page", null), false);
    }
    world.later(OUTSIDE, pause() * MILLI, () -> act(person));
  }

  /** Mostly soon, sometimes after a while, so that windows slide and visits end. */
  private long pause() {
    return switch (chance.nextInt(12)) {
      case 0 -> 20_000 + chance.nextLong(40_000);
      case 1, 2, 3, 4 -> chance.nextLong(200);
      default -> chance.nextLong(5_000);
    };
  }

  private void login(Person person, Device device) {
    person.loggedIn.add(device);
    var call = call("identify", null);
    call.put(
        "traits",
        Map.of("plan", chance.nextBoolean() ? "pro" : "free", "score", chance.nextInt(100)));
    post(person, device, call, false);
  }

  /** A server says that what it knew by a device is this user. */
  private void alias(Person person, Device device) {
    if (!person.loggedIn.isEmpty() && chance.nextInt(3) == 0) {
      var call = call("alias", null);
      call.put("previousId", device.id());
      call.put("userId", person.user);
      send(person, device, call, false);
    } else {
      post(person, device, call("page", null), false);
    }
  }

  private Map<String, Object> bought() {
    var call = call("track", "Order Completed");
    call.put("properties", Map.of("total", chance.nextInt(200)));
    return call;
  }

  private Map<String, Object> viewed() {
    var call = call("track", "Product Viewed");
    call.put(
        "properties",
        Map.of("product_id", "p" + chance.nextInt(12), "price", 10 + chance.nextInt(80)));
    return call;
  }

  private static Map<String, Object> call(String type, @Nullable String event) {
    var call = new LinkedHashMap<String, Object>();
    call.put("type", type);
    if (event != null) {
      call.put("event", event);
    }
    return call;
  }

  private void post(Person person, Device device, Map<String, Object> call, boolean poison) {
    call.put("anonymousId", device.id());
    if (person.loggedIn.contains(device)) {
      call.put("userId", person.user);
    }
    if (poison) {
      call.remove("event");
    }
    send(person, device, call, poison);
  }

  private void send(Person person, Device device, Map<String, Object> call, boolean poison) {
    var messageId = "message-" + messages++;
    call.put("messageId", messageId);
    long late = chance.nextInt(10) == 0 ? chance.nextLong(120_000) : chance.nextLong(20);
    call.put("timestamp", Instant.ofEpochMilli(world.millis() + device.skew() - late).toString());
    var group = person.group;
    boolean refused = group.refused.contains(device.id());
    var one =
        new Sent(
            messageId, call, poison, device.saysWhen(), device.skew(), group, refused, world.now());
    sent.add(one);
    send(one, 1);
    if (chance.nextInt(10) == 0) {
      world.later(OUTSIDE, chance.nextLong(2_000) * MILLI, () -> send(one, 1));
    }
  }

  private void send(Sent one, int attempt) {
    var accept = accept(one);
    world.note("a browser sends", one.messageId, attempt, one.call);
    installation
        .ask(Addresses.ACCEPT, accept)
        .onSuccess(answer -> acknowledge(one, answer))
        .onFailure(
            failure -> {
              world.note("a browser is turned away", one.messageId, failure.getMessage());
              if (!one.acknowledged) {
                long pause = hurried ? 200 : 100 + chance.nextLong(300L << Math.min(attempt, 5));
                world.later(OUTSIDE, pause * MILLI, () -> send(one, attempt + 1));
              }
            });
  }

  private Accept accept(Sent one) {
    long deviceNow = world.millis() + one.skew;
    var sentAt = one.saysWhen ? Instant.ofEpochMilli(deviceNow).toString() : null;
    return installation.events.accept(
        one.call, new Arrival(SITE, true, world.millis(), sentAt, null, "", "", "", false));
  }

  private void acknowledge(Sent one, Accepted answer) {
    var verdict = answer.verdicts().isEmpty() ? null : answer.verdicts().getFirst();
    world.note("a browser is told", one.messageId, verdict);
    one.acknowledged = true;
    if (one.verdict == null || one.verdict == Verdict.AGGREGATED) {
      one.verdict = verdict;
    }
  }

  private void consent(Person person, Device device, boolean granted) {
    var group = person.group;
    var choices = new HashMap<String, Object>();
    choices.put("analytics", granted);
    if (chance.nextBoolean()) {
      choices.put("personalization", granted);
    }
    if (granted) {
      group.grantedAt.add(world.now());
      group.grantsUnderWay++;
      group.refused.clear();
      group.unseen.clear();
    } else {
      group.everRefused = true;
    }
    long grants = group.grantsUnderWay == 0 ? group.grantedAt.size() : -1;
    var user = chance.nextInt(3) == 0 ? ids.user(SITE, person.user) : null;
    var key = ids.device(SITE, device.id());
    var asked = new SetConsent(SITE, key, user, choices, "banner", true);
    world.note(granted ? "somebody allows" : "somebody forbids", device.id(), person.user);
    installation
        .ask(Addresses.SET_CONSENT, asked)
        .onSuccess(
            set -> {
              world.note("consent is set", device.id(), set);
              if (!granted && set.complete() && group.grantedAt.size() == grants) {
                group.refused.add(device.id());
                if (choices.containsKey("personalization")) {
                  group.unseen.add(key);
                }
              }
            })
        .onFailure(failure -> world.note("consent is not set", device.id(), failure.getMessage()))
        .onComplete(done -> group.grantsUnderWay -= granted ? 1 : 0);
  }
}
