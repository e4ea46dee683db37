package io.marquetry.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The load generator: a process of its own, so that what it costs is told apart from what the
 * server costs, and one that stays, so that it is warm. Reads orders from standard input and
 * answers each with its result, as lines of JSON. Loopback only.
 */
public final class Load {
  private Load() {}

  /** Ends with its input. */
  public static void main(String[] arguments) throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line;
    while ((line = input.readLine()) != null) {
      System.out.println(Order.write(LoadLoop.run(Order.read(line, Order.class))));
    }
  }
}
