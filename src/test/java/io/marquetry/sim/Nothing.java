package io.marquetry.sim;

import java.lang.reflect.Proxy;

/** Stands in for what a run has no use for: whatever is asked of it fails. */
public final class Nothing {
  private Nothing() {}

  public static <T> T of(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException("not simulated: " + method);
            }));
  }
}
