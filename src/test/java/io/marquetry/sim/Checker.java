package io.marquetry.sim;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Ask;
import io.marquetry.bus.BusMessage;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.DecisioningMessage.Decide;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.bus.SegmentationMessage.ListProfiles;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.identity.IdentityOnDisk.Refold;
import io.marquetry.identity.core.Orders;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.sim.Shop.Group;
import io.marquetry.sim.Shop.Sent;
import io.marquetry.sim.World.Broken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the stages hold, once everything has come to rest, with what browsers were told and
 * with what the log says.
 */
final class Checker {
  private static final int PAGE = 7;
  private static final long MARGIN_MILLIS = 1_500;

  /** After how long a profile is looked at again whose visitor forbade working on it. */
  private static final long DENIED_MILLIS = 62_000;

  private final Shape shape;
  private final Shop shop;
  private final Office office;
  private final Installation installation;
  private final Segments segments;
  private final Asking asking;

  /** Asks, and lets time pass until there is an answer. */
  interface Asking {
    <Q extends BusMessage, A extends BusMessage> A ask(Ask<Q, A> ask, Q question);

    long millis();
  }

  Checker(
      Shape shape,
      Shop shop,
      Office office,
      Installation installation,
      Segments segments,
      Asking asking) {
    this.shape = shape;
    this.shop = shop;
    this.office = office;
    this.installation = installation;
    this.segments = segments;
    this.asking = asking;
  }

  private static void require(boolean holds, String otherwise, @Nullable Object... details) {
    if (!holds) {
      throw new Broken(otherwise.formatted(details));
    }
  }

  private static void same(String what, @Nullable Object expected, @Nullable Object found) {
    require(
        String.valueOf(expected).equals(String.valueOf(found)),
        "%s: expected %s, found %s",
        what,
        expected,
        found);
  }

  // ---- what browsers were told, and the log

  /** Acknowledged is stored or buried, what is stored was sent, and nothing is there twice. */
  void log() {
    var stored = new HashSet<String>();
    var orders = new HashSet<Long>();
    for (var one : installation.events.events()) {
      if (one.event().is(Orders.FLAG)) {
        orders.add(one.position());
      } else {
        require(stored.add(one.event().messageId()), "%s is in the log twice", one.event());
      }
    }
    for (var order : office.done()) {
      require(orders.contains(order.position()), "%s was confirmed and is not in the log", order);
    }
    var buried =
        installation.events.deadLetters().stream()
            .map(DeadLetter::messageId)
            .collect(Collectors.toSet());
    var sent = new HashSet<String>();
    for (var one : shop.sent()) {
      sent.add(one.messageId);
      check(one, stored, buried);
    }
    stored.removeAll(sent);
    buried.removeAll(sent);
    require(stored.isEmpty(), "in the log but never sent: %s", stored);
    require(buried.isEmpty(), "a dead letter that was never sent: %s", buried);
    require(installation.consents.isWhole(), "the chain of consent receipts is broken");
  }

  private void check(Sent one, Set<String> stored, Set<String> buried) {
    var id = one.messageId;
    require(one.acknowledged, "%s was never acknowledged", id);
    if (one.poison) {
      require(buried.contains(id), "%s was refused but is no dead letter", id);
      return;
    }
    require(
        one.verdict == Verdict.AGGREGATED || stored.contains(id),
        "%s was acknowledged as %s but is not in the log",
        id,
        one.verdict);
    require(
        !stored.contains(id) || !one.mayNotBeStored(installation.events.storedAt(id)),
        "%s was captured under a confirmed refusal and is in the log",
        id);
  }

  /** Nobody is known to decisions who forbade it. */
  void consent() {
    for (var group : shop.groups()) {
      for (var device : group.unseen()) {
        var visitor = asking.ask(Addresses.RESOLVE, new Resolve(Shop.SITE, device, null, false));
        same("who is chosen for at " + device + " that forbade it", null, visitor.profile());
      }
    }
  }

  // ---- who is who, and what they did

  /** What the log comes to: histories by profile, and the graph that leads to them. */
  private final class Fold {
    private final Refold refold = new Refold();
    private final Map<Id128, Facts> byProfile = new TreeMap<>();
    private final Set<Id128> identifiers = new TreeSet<>();

    Fold(List<Logged> log) {
      for (var logged : log) {
        refold.link(logged);
        for (var key : logged.event().subject().keys()) {
          if (key != null) {
            identifiers.add(key);
          }
        }
      }
      for (var logged : log) {
        if (!logged.event().is(Orders.FLAG)) {
          byProfile
              .computeIfAbsent(refold.holder(logged), id -> new Facts(shape.sessionTimeout()))
              .add(logged.event());
        }
      }
    }
  }

  /** Whether both sides of every split have back what they did before. */
  static boolean isRebuilt(Installation installation) {
    var refold = new Refold();
    installation.events.events().forEach(refold::link);
    return installation.identities.isRebuilt(refold);
  }

  /** Whether time alone is about to change something, so that this is no moment to compare. */
  boolean isUnsettled() {
    var fold = new Fold(installation.events.events());
    return fold.byProfile.values().stream()
        .anyMatch(
            facts -> facts.isUnsettled(asking.millis(), MARGIN_MILLIS, segments.windows(shape)));
  }

  /** Identity, profiles, memberships, sizes and decisions are what the log says. */
  void state() {
    var fold = new Fold(installation.events.events());
    identity(fold);
    var held = new TreeMap<Id128, ProfileSnapshot>();
    for (int owner = 0; owner < shape.segmentations(); owner++) {
      var here = list(owner);
      for (var snapshot : here) {
        require(held.put(snapshot.profile(), snapshot) == null, "%s is held twice", snapshot);
        same(
            "owner of " + snapshot, Shards.owner(snapshot.profile(), shape.segmentations()), owner);
      }
      sizes(owner, here);
    }
    for (var one : held.values()) {
      if (!fold.byProfile.containsKey(one.profile())) {
        blank(one, fold);
      }
    }
    fold.byProfile.forEach((id, facts) -> profile(id, facts, held.get(id)));
  }

  /** A side of a split is there, or what it went up in, though nothing that happened is its own. */
  private void blank(ProfileSnapshot held, Fold fold) {
    var graph = fold.refold.graph();
    require(
        graph.partings().stream()
            .flatMap(split -> Stream.of(split.whole(), split.part()))
            .anyMatch(side -> graph.root(side).equals(held.profile())),
        "%s is held but nobody's in the log",
        held);
    same("segments of " + held + ", who did nothing", List.of(), held.segments());
  }

  private void identity(Fold fold) {
    for (var key : fold.identifiers) {
      var live = asking.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(key)));
      var graph = fold.refold.graph();
      same("profile of identifier " + key, graph.resolve(key, Long.MAX_VALUE), live.profile());
      same(
          "identifiers beside " + key,
          new TreeSet<>(graph.identifiers(List.of(key))),
          new TreeSet<>(live.keys()));
    }
  }

  private List<ProfileSnapshot> list(int owner) {
    var all = new ArrayList<ProfileSnapshot>();
    @Nullable Id128 after = null;
    while (true) {
      var page = asking.ask(Addresses.PROFILES.to(owner), new ListProfiles(after, PAGE)).profiles();
      all.addAll(page);
      if (page.size() < PAGE) {
        return all;
      }
      after = page.getLast().profile();
    }
  }

  /**
   * A segment has as many members as can be counted, and they are those whose profiles say so:
   * where they may be worked on, since time passes without them where not.
   */
  private void sizes(int owner, List<ProfileSnapshot> here) {
    var worked = here.stream().filter(one -> isWorkedOn(one.profile())).toList();
    for (var segment : segments.all()) {
      var key = segment.key();
      var at = key + " at owner " + owner;
      var members = asking.ask(Addresses.MEMBERS.to(owner), new GetMembers(key, 1_000));
      var listed = members.members().stream().map(Member::profile).collect(Collectors.toSet());
      same("size of " + at, listed.size(), members.size());
      for (var one : worked) {
        same(
            one.profile() + " among the members of " + at,
            one.segments().contains(key),
            listed.contains(one.profile()));
      }
    }
  }

  private void profile(Id128 id, Facts facts, @Nullable ProfileSnapshot held) {
    boolean exact = groups(facts).stream().noneMatch(Group::everRefused);
    if (held == null) {
      require(!exact, "profile %s is not held though the log has %s", id, facts);
      return;
    }
    var owner = Shards.owner(id, shape.segmentations());
    var view = asking.ask(Addresses.PROFILE.to(owner), new GetProfile(id)).profile();
    require(view != null, "profile %s is listed but not shown", id);
    if (view == null) {
      return;
    }
    var about = "profile " + id + " with " + facts + ", ";
    if (exact) {
      compare(about, facts, view);
    } else {
      long events = ((Number) view.getOrDefault("events", 0)).longValue();
      require(events <= facts.events().size(), "%s has %d events", about, events);
    }
    if (isWorkedOn(id)) {
      if (exact) {
        memberships(about, facts, held);
      }
      decisions(about, held);
    }
  }

  /**
   * Whether a profile may be worked on for itself, besides what its visitor's requests allow, and
   * has been for so long that whoever was to look at it again has done so.
   */
  private boolean isWorkedOn(Id128 profile) {
    var consent = consent(profile);
    return consent.purposes().allows(Purpose.ANALYTICS)
        && asking.millis() - consent.at() > DENIED_MILLIS;
  }

  private ConsentState consent(Id128 key) {
    return asking.ask(Addresses.GET_CONSENT, new GetConsent(Shop.SITE, key, null));
  }

  private List<Group> groups(Facts facts) {
    return facts.identities().stream()
        .map(identity -> identity.substring(identity.indexOf(' ') + 1))
        .flatMap(name -> shop.groups().stream().filter(group -> group.has(name)))
        .distinct()
        .toList();
  }

  private static void compare(String about, Facts facts, Map<String, Object> view) {
    same(about + "events", facts.events().size(), view.get("events"));
    same(about + "traits", facts.traits(), view.get("traits"));
    same(about + "firstSeen", moment(facts.firstSeen()), moment(view.get("firstSeen")));
    same(about + "lastSeen", moment(facts.lastSeen()), moment(view.get("lastSeen")));
    same(about + "identities", facts.identities(), identities(view));
    same(about + "recentlyViewed", facts.recentlyViewed(), recentlyViewed(view));
    if (facts.visitsAreExact()) {
      same(about + "visits", facts.visits().size(), view.get("visits"));
    }
  }

  private static Instant moment(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  private static Instant moment(@Nullable Object text) {
    return Instant.parse(String.valueOf(text));
  }

  private static TreeSet<String> identities(Map<String, Object> view) {
    return parts(view.get("identities"), (kind, value) -> kind + " " + value, "kind", "value");
  }

  private static TreeSet<String> parts(
      @Nullable Object list, BiFunction<Object, Object, String> as, String first, String second) {
    var parts = new TreeSet<String>();
    if (list instanceof List<?> all) {
      for (var one : all) {
        if (one instanceof Map<?, ?> map) {
          parts.add(as.apply(String.valueOf(map.get(first)), String.valueOf(map.get(second))));
        }
      }
    }
    return parts;
  }

  private static List<Object> recentlyViewed(Map<String, Object> view) {
    var ids = new ArrayList<Object>();
    if (view.get("attributes") instanceof Map<?, ?> attributes
        && attributes.get("recentlyViewed") instanceof List<?> products) {
      for (var product : products) {
        ids.add(product instanceof Map<?, ?> map ? String.valueOf(map.get("id")) : "?");
      }
    }
    return ids;
  }

  private void memberships(String about, Facts facts, ProfileSnapshot held) {
    var comparable =
        segments.comparable(facts).stream().map(Segments.Segment::key).collect(Collectors.toSet());
    var found = new TreeSet<>(held.segments());
    found.retainAll(comparable);
    same(about + "segments", segments.of(facts, asking.millis()), found);
  }

  /** What decisions find a visitor in is what segmentation says. */
  private void decisions(String about, ProfileSnapshot held) {
    var keys = segments.all().stream().map(Segments.Segment::key).toList();
    var owner = Shards.owner(held.profile(), shape.decisionings());
    var visitor = new VisitorRef(held.profile(), Purposes.ALL, 0);
    var decided =
        asking.ask(
            Addresses.DECIDE.to(owner), new Decide(Shop.SITE, visitor, Map.of(), "", keys, true));
    if (decided.mode() != Mode.PERSONALIZED) {
      require(
          !consent(held.profile()).purposes().allows(Purpose.PERSONALIZATION),
          "%s is decided on as nobody: %s",
          about,
          decided.choices());
      return;
    }
    same(
        about + "segments in decisions",
        held.segments().stream().filter(keys::contains).toList(),
        in(decided));
  }

  private static List<String> in(Decided decided) {
    return decided.choices().stream()
        .filter(choice -> "in".equals(choice.variant()))
        .map(choice -> choice.component())
        .sorted()
        .toList();
  }
}
