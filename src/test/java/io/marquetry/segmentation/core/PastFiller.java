package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.Past;
import io.marquetry.kit.Shards;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Fills in the past of a world, while it goes on. */
final class PastFiller {
  private static final int PAGE = 4;

  private final FilledWorld world;

  PastFiller(FilledWorld world) {
    this.world = world;
  }

  /** One step; false where there is nothing to do. */
  boolean step() {
    var lacking = new TreeSet<String>();
    world.owners.forEach(owner -> lacking.addAll(owner.plan().unborn()));
    if (!lacking.isEmpty() && world.isBehind()) {
      return world.deliver();
    }
    if (!lacking.isEmpty()) {
      int pass =
          world.owners.stream().mapToInt(owner -> owner.passes().newest()).max().orElse(0) + 1;
      world.owners.forEach(
          owner -> {
            owner.begin(pass, List.copyOf(lacking));
            world.replan(owner);
            if (world.random.nextInt(3) == 0) {
              world.deliver(); // the other owner hears of it a little later
            }
          });
      return true;
    }
    var open = new TreeSet<Integer>();
    world.owners.forEach(owner -> open.addAll(owner.passes().open()));
    if (open.isEmpty()) {
      return false;
    }
    int pass = open.first();
    long from = world.owners.stream().mapToLong(o -> o.passes().position(pass)).min().orElse(0);
    long end = world.owners.stream().mapToLong(o -> o.passes().farthest(pass)).max().orElse(0);
    if (from >= end) {
      world.owners.forEach(owner -> end(owner, pass));
    } else {
      page(pass, from, end);
    }
    return true;
  }

  private void end(ProfileOwner owner, int pass) {
    owner.passes().reached(pass, owner.passes().farthest(pass));
    owner.passes().over(pass, true);
    world.replan(owner);
  }

  private void page(int pass, long from, long end) {
    long asOf = world.owners.stream().mapToLong(ProfileOwner::applied).max().orElse(0);
    var byOwner = List.of(new ArrayList<Past>(), new ArrayList<Past>());
    long through = from;
    for (var entry : world.log.entries()) {
      if (entry.position() > from && entry.position() <= Math.min(end, from + PAGE)) {
        var origin = world.log.origin(entry, asOf);
        var holder = world.log.root(entry.device(), asOf);
        int shard = Shards.of(origin);
        if (entry.position() <= world.owner(origin).passes().since(pass).get(shard)) {
          byOwner
              .get(Shards.owner(holder, FilledWorld.OWNERS))
              .add(new Past(holder, origin, new Logged(entry.position(), entry.event())));
        }
        through = entry.position();
      }
    }
    boolean whole = true;
    for (int i = 0; i < FilledWorld.OWNERS; i++) {
      int between = world.random.nextInt(4);
      while (between-- > 0) {
        world.deliver();
      }
      reopen(i, pass, byOwner.get(i));
      whole &=
          world
              .owners
              .get(i)
              .fill(new Fill(pass, byOwner.get(i), from, asOf), world.moment())
              .isEmpty();
    }
    for (var owner : world.owners) {
      if (whole) {
        owner.fill(new Fill(pass, List.of(), through, asOf), world.moment());
      }
    }
  }

  private void reopen(int owner, int pass, List<Past> events) {
    if (!events.isEmpty() && world.owners.get(owner).passes().isOver(pass)) {
      world.owners.get(owner).passes().over(pass, false);
      world.replan(world.owners.get(owner));
    }
  }
}
