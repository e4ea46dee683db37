package io.marquetry.models;

import io.marquetry.models.core.Breaker;

/** The way to one version of one model: how it has been doing, and how much is under way on it. */
final class Line {
  private final Breaker breaker = new Breaker();
  private int underWay;

  Breaker breaker() {
    return breaker;
  }

  int underWay() {
    return underWay;
  }

  void begin() {
    underWay++;
  }

  void end() {
    underWay--;
  }
}
