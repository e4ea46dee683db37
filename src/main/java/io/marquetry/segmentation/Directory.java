package io.marquetry.segmentation;

import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.ListProfiles;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Ticks;
import io.marquetry.segmentation.ProfileStore.Listed;
import io.marquetry.segmentation.core.ProfileOwner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Answers questions that concern many profiles, a bounded number of them a turn. */
final class Directory {
  private static final int MAX_PAGE = 1_000;
  private static final int MAX_MEMBERS = 1_000;
  private static final int PROFILES_A_TURN = 20_000;
  private static final long LISTING_NANOS = 2_000_000_000L;

  private final Holdings held;
  private final ProfileOwner owner;
  private final Ticks ticks;
  private final Supplier<Future<Void>> flush;
  private final Function<GetSnapshots, Future<Profiles>> fetch;
  private final ShownText texts = new ShownText();
  private long lastListed;

  /**
   * @param flush stores everything that changed
   * @param fetch gives profiles as they are now, from memory or the store
   */
  Directory(
      Holdings held,
      Ticks ticks,
      Supplier<Future<Void>> flush,
      Function<GetSnapshots, Future<Profiles>> fetch) {
    this.held = held;
    this.owner = held.owner();
    this.ticks = ticks;
    this.flush = flush;
    this.fetch = fetch;
  }

  /**
   * A page of all profiles, as decisions are told of them. What is in memory is newer than the
   * store; what the store shows is right but where time or another plan has changed it, and then
   * the profile is fetched. Whoever changes after the first page was asked for is told of as a
   * change.
   */
  Future<Profiles> list(ListProfiles asked) {
    lastListed = ticks.nanos();
    var after = asked.after();
    int limit = Math.clamp(asked.limit(), 1, MAX_PAGE);
    return after == null
        ? flush.get().compose(stored -> list(Holdings.FIRST, limit, new ArrayList<>()))
        : list(after, limit, new ArrayList<>());
  }

  /** Whether somebody is going through all profiles now. */
  boolean isBeingListed() {
    return lastListed != 0 && ticks.nanos() - lastListed < LISTING_NANOS;
  }

  private Future<Profiles> list(Id128 after, int limit, List<ProfileSnapshot> found) {
    int wanted = limit - found.size();
    return held.list(after, wanted)
        .compose(rows -> show(rows, found).map(rows))
        .compose(
            rows -> {
              boolean end = rows.size() < wanted;
              lastListed = end ? 0 : ticks.nanos();
              return end || found.size() >= limit
                  ? Future.succeededFuture(new Profiles(found, true))
                  : list(rows.getLast().profile(), limit, found);
            });
  }

  private Future<Void> show(List<Listed> rows, List<ProfileSnapshot> found) {
    long now = held.now();
    var stale = new ArrayList<Id128>();
    for (var row : rows) {
      var held = owner.views().snapshot(row.profile(), now);
      if (held != null) {
        found.add(held);
      } else if (row.current() && !owner.isGone(row.profile())) {
        found.add(texts.read(row));
      } else if (!row.current()) {
        stale.add(row.profile());
      }
    }
    return stale.isEmpty()
        ? Future.succeededFuture()
        : fetch
            .apply(new GetSnapshots(stale))
            .map(
                fetched -> {
                  found.addAll(fetched.profiles());
                  found.sort(Comparator.comparing(ProfileSnapshot::profile));
                  return null;
                });
  }

  /** How many members a segment has, and some of those in memory. */
  Future<Members> members(GetMembers asked) {
    long size = owner.views().size(asked.segment());
    int limit = (int) Math.min(size, Math.clamp(asked.limit(), 0, MAX_MEMBERS));
    if (limit == 0) {
      return Future.succeededFuture(new Members(size, List.of()));
    }
    var search = new Search(asked.segment(), limit, owner.views().ids());
    search.turn();
    return search.found.future().map(members -> new Members(size, members));
  }

  private final class Search {
    private final String segment;
    private final int limit;
    private final Id128[] ids;
    private final List<Member> members = new ArrayList<>();
    private final Promise<List<Member>> found = Promise.promise();
    private int next;

    Search(String segment, int limit, Id128[] ids) {
      this.segment = segment;
      this.limit = limit;
      this.ids = ids;
    }

    void turn() {
      int end = Math.min(ids.length, next + PROFILES_A_TURN);
      for (; next < end && members.size() < limit; next++) {
        long since = owner.views().memberSince(ids[next], segment);
        if (since > 0) {
          members.add(new Member(ids[next], since));
        }
      }
      if (next < ids.length && members.size() < limit) {
        held.vertx().runOnContext(later -> turn());
      } else {
        found.complete(members);
      }
    }
  }
}
