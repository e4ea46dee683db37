package io.marquetry.enrichment;

/**
 * One kind of thing that can be told of an event or a request.
 *
 * <p>Pure: the same sighting gives the same finding, until what it works by is defined anew. It
 * never changes what is stated, takes bounded time and holds a bounded amount. Used on one event
 * loop.
 */
public interface Enrichment {
  /** A short name, for the figures. */
  String name();

  /** Adds what can be told of a sighting. */
  void enrich(Sighting seen, Findings found);

  /** What it remembers answers in; counts nothing where it remembers none. */
  default Memory memory() {
    return Memory.NONE;
  }

  /** How often an answer was remembered, and how often it had to be worked out. */
  record Memory(long hits, long misses) {
    static final Memory NONE = new Memory(0, 0);
  }
}
