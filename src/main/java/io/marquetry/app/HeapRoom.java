package io.marquetry.app;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.Set;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * Keeps the heap at a few times what is in use.
 *
 * <p>Design note: ZGC collects as late as the largest heap allows, and on half a machine that is
 * many gigabytes for a server that needs one, which the database and the caches of files then lack.
 * So after each collection its soft limit follows what was left. Six times that: with twice as much
 * an event cost nearly twice the time, for collections are the dearer the less room there is. The
 * hard limit stays what it is, and a soft limit that somebody set is left alone, as is any other
 * collector.
 */
final class HeapRoom {
  private static final String SOFT_LIMIT = "SoftMaxHeapSize";
  private static final Set<VMOption.Origin> UNCHOSEN =
      Set.of(VMOption.Origin.DEFAULT, VMOption.Origin.ERGONOMIC);
  private static final long TIMES = 6;
  private static final long LEAST_BYTES = 512L << 20;

  private final HotSpotDiagnosticMXBean vm;
  private final long most;
  private long limit;

  private HeapRoom(HotSpotDiagnosticMXBean vm, long most) {
    this.vm = vm;
    this.most = most;
  }

  /** Does so from here on; to be called once. */
  static void keep() {
    var vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    boolean chosen = !UNCHOSEN.contains(vm.getVMOption(SOFT_LIMIT).getOrigin());
    if (chosen || !Boolean.parseBoolean(vm.getVMOption("UseZGC").getValue())) {
      return;
    }
    var room = new HeapRoom(vm, Runtime.getRuntime().maxMemory());
    room.set(0);
    for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector.getName().endsWith("Cycles") && collector instanceof NotificationEmitter told) {
        told.addNotificationListener((notice, nothing) -> room.collected(notice), null, null);
      }
    }
  }

  /**
   * The soft limit that goes with a heap.
   *
   * @param used bytes in use after a collection
   * @param most bytes that the heap may have at all
   */
  static long limit(long used, long most) {
    return Math.min(most, Math.max(LEAST_BYTES, TIMES * used));
  }

  private void collected(Notification notice) {
    if (notice.getUserData() instanceof CompositeData data) {
      set(used(GarbageCollectionNotificationInfo.from(data).getGcInfo().getMemoryUsageAfterGc()));
    }
  }

  private static long used(Map<String, MemoryUsage> pools) {
    long used = 0;
    for (var pool : pools.entrySet()) {
      used += pool.getKey().startsWith("ZGC") ? pool.getValue().getUsed() : 0;
    }
    return used;
  }

  private synchronized void set(long used) {
    long wanted = limit(used, most);
    if (wanted != limit) {
      limit = wanted;
      vm.setVMOption(SOFT_LIMIT, Long.toString(wanted));
    }
  }
}
