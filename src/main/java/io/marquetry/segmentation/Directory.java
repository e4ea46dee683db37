package io.marquetry.segmentation;

import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.ListProfiles;
import io.marquetry.bus.SegmentationMessage.Member;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.Listing;
import io.marquetry.segmentation.core.Moment;
import io.marquetry.segmentation.core.ProfileOwner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers questions that concern many profiles, a bounded number of them a turn. */
final class Directory {
  private static final int MAX_PAGE = 10_000;
  private static final int MAX_MEMBERS = 1_000;
  private static final int PROFILES_A_TURN = 20_000;

  private final Vertx vertx;
  private final ProfileOwner owner;
  private final Supplier<Moment> clock;
  private @Nullable Listing listing;

  Directory(Vertx vertx, ProfileOwner owner, Supplier<Moment> clock) {
    this.vertx = vertx;
    this.owner = owner;
    this.clock = clock;
  }

  /**
   * A page of the profiles in memory. The first page fixes who is gone through; who comes later is
   * told of as a change.
   */
  Future<Profiles> list(ListProfiles asked) {
    var all = listing;
    if (all == null || asked.after() == null) {
      all = new Listing(owner.ids());
    }
    int limit = Math.clamp(asked.limit(), 1, MAX_PAGE);
    var snapshots = new ArrayList<ProfileSnapshot>();
    var after = asked.after();
    long now = clock.get().now();
    while (snapshots.size() < limit) {
      var ids = all.page(after, limit - snapshots.size());
      if (ids.isEmpty()) {
        break;
      }
      add(ids, now, snapshots);
      after = ids.getLast();
    }
    listing = snapshots.size() < limit ? null : all;
    return Future.succeededFuture(new Profiles(snapshots, owner.isComplete()));
  }

  private void add(List<Id128> ids, long now, List<ProfileSnapshot> into) {
    for (var id : ids) {
      var snapshot = owner.snapshot(id, now);
      if (snapshot != null) {
        into.add(snapshot);
      }
    }
  }

  /** How many members a segment has, and some of those in memory. */
  Future<Members> members(GetMembers asked) {
    long size = owner.size(asked.segment());
    int limit = (int) Math.min(size, Math.clamp(asked.limit(), 0, MAX_MEMBERS));
    if (limit == 0) {
      return Future.succeededFuture(new Members(size, List.of()));
    }
    var search = new Search(asked.segment(), limit, owner.ids());
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
        long since = owner.memberSince(ids[next], segment);
        if (since > 0) {
          members.add(new Member(ids[next], since));
        }
      }
      if (next < ids.length && members.size() < limit) {
        vertx.runOnContext(later -> turn());
      } else {
        found.complete(members);
      }
    }
  }
}
