package io.marquetry.console.core;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often somebody may guess: five failures a minute for an account, twenty for an address.
 *
 * <p>An attempt counts from when it begins, so that many at once are no way around; one that
 * succeeds is taken back. Design note: the windows are in order of last use and the oldest is
 * dropped beyond the bound. An address that is out of attempts makes no further windows, so pushing
 * out an account's window takes hundreds of addresses at once. Not thread-safe.
 */
public final class LoginLimits {
  public static final int PER_ACCOUNT = 5;
  public static final int PER_ADDRESS = 20;
  private static final long WINDOW_MILLIS = 60_000;

  private final int most;
  private final Map<String, ArrayDeque<Long>> windows = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param most how many accounts and addresses are kept in mind
   */
  public LoginLimits(int most) {
    this.most = most;
  }

  /** Begins an attempt; false where there were too many, and then it does not count. */
  public boolean begin(String account, String address, long now) {
    var byAddress = window("address " + address, now);
    if (byAddress.size() >= PER_ADDRESS) {
      return false;
    }
    var byAccount = window("account " + account, now);
    if (byAccount.size() >= PER_ACCOUNT) {
      return false;
    }
    byAccount.addLast(now);
    byAddress.addLast(now);
    return true;
  }

  /** Takes back an attempt that began at {@code begun} and was right. */
  public void succeeded(String account, String address, long begun) {
    takeBack("account " + account, begun);
    takeBack("address " + address, begun);
  }

  private void takeBack(String key, long begun) {
    var window = windows.get(key);
    if (window != null) {
      window.removeFirstOccurrence(begun);
    }
  }

  private ArrayDeque<Long> window(String key, long now) {
    var window = windows.computeIfAbsent(key, unknown -> new ArrayDeque<>());
    while (!window.isEmpty() && window.getFirst() <= now - WINDOW_MILLIS) {
      window.removeFirst();
    }
    forgetOldest();
    return window;
  }

  private void forgetOldest() {
    Iterator<String> oldest = windows.keySet().iterator();
    while (windows.size() > most && oldest.hasNext()) {
      oldest.next();
      oldest.remove();
    }
  }
}
