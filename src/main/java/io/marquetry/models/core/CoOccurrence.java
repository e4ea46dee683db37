package io.marquetry.models.core;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts of one site: how many visitors dealt with an item, and with two items.
 *
 * <p>Single-threaded and bounded: so many items, so many neighbours of each, so many visitors whose
 * last items are remembered. Of the visitors, whoever was not seen for longest is forgotten, which
 * leaves the counts as they are; should they come again they count as somebody new.
 */
final class CoOccurrence {
  /** Pulls similarities that rest on few visitors towards none. */
  static final double SHRINKAGE = 3;

  private static final int TRAIL = 20;
  private static final int NEIGHBOURS = 128;
  private static final int SHOWN = 50;
  private static final int POPULAR = 200;

  private final int maxItems;
  private final int maxTrails;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> items = new ArrayList<>();
  private final List<Tally> together = new ArrayList<>();
  private final LinkedHashMap<Id128, int[]> trails = new LinkedHashMap<>(64, 0.75f, true);
  private int[] visitors = new int[64];
  private long people;
  private long shed;

  CoOccurrence(int maxItems, int maxTrails) {
    this.maxItems = maxItems;
    this.maxTrails = maxTrails;
  }

  /** A visitor dealt with an item. */
  void learn(Id128 visitor, String item) {
    int number = number(item);
    if (number < 0) {
      shed++;
      return;
    }
    var trail = trails.get(visitor);
    if (trail == null) {
      people++;
      trails.put(visitor, new int[] {number});
      forgetEldest();
      visitors[number]++;
      return;
    }
    for (int other : trail) {
      if (other == number) {
        return;
      }
    }
    visitors[number]++;
    for (int other : trail) {
      together.get(number).add(other);
      together.get(other).add(number);
    }
    trails.put(visitor, longer(trail, number));
  }

  private static int[] longer(int[] trail, int number) {
    int from = trail.length == TRAIL ? 1 : 0;
    var longer = Arrays.copyOfRange(trail, from, trail.length + 1);
    longer[longer.length - 1] = number;
    return longer;
  }

  private void forgetEldest() {
    if (trails.size() > maxTrails) {
      var eldest = trails.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  private int number(String item) {
    var known = numbers.get(item);
    if (known != null) {
      return known;
    }
    if (items.size() == maxItems) {
      return -1;
    }
    int number = items.size();
    numbers.put(item, number);
    items.add(item);
    together.add(new Tally(NEIGHBOURS));
    if (number == visitors.length) {
      visitors = Arrays.copyOf(visitors, number * 2);
    }
    return number;
  }

  /** Remembers nothing of a visitor any more; what they took part in stays a number. */
  void forget(Id128 visitor) {
    trails.remove(visitor);
  }

  /** Dealings with items that found no room. */
  long shed() {
    return shed;
  }

  /**
   * What was learned up to now, as a model of its own.
   *
   * @param version what it is to be called
   */
  ItemModel model(String version) {
    var names = List.copyOf(items);
    var neighbours = new HashMap<String, List<ItemModel.Neighbour>>();
    for (int i = 0; i < items.size(); i++) {
      var near = neighbours(i);
      if (!near.isEmpty()) {
        neighbours.put(items.get(i), near);
      }
    }
    var popular = new ArrayList<ItemModel.Neighbour>();
    for (int i = 0; i < items.size(); i++) {
      popular.add(
          new ItemModel.Neighbour(
              names.get(i),
              (double) visitors[i] / Math.max(1, people),
              Shares.atLeast(visitors[i], people)));
    }
    return new ItemModel(version, people, items.size(), neighbours, best(popular, POPULAR));
  }

  private List<ItemModel.Neighbour> neighbours(int item) {
    var tally = together.get(item);
    var near = new ArrayList<ItemModel.Neighbour>();
    for (int other : tally.keys()) {
      int both = tally.count(other);
      double norm = Math.sqrt((double) visitors[item] * visitors[other]) + SHRINKAGE;
      near.add(
          new ItemModel.Neighbour(
              items.get(other), both / norm, Shares.atLeast(both, visitors[item])));
    }
    return best(near, SHOWN);
  }

  private static List<ItemModel.Neighbour> best(List<ItemModel.Neighbour> all, int most) {
    all.sort(
        Comparator.comparingDouble(ItemModel.Neighbour::score)
            .reversed()
            .thenComparing(ItemModel.Neighbour::item));
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }
}
