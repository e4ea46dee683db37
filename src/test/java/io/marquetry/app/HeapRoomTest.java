package io.marquetry.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapRoomTest {
  private static final long MEGABYTE = 1L << 20;

  @Test
  void limit_followsWhatIsInUseWithinBounds() {
    assertThat(HeapRoom.limit(0, 12_000 * MEGABYTE)).isEqualTo(512 * MEGABYTE);
    assertThat(HeapRoom.limit(1_000 * MEGABYTE, 12_000 * MEGABYTE)).isEqualTo(6_000 * MEGABYTE);
    assertThat(HeapRoom.limit(9_000 * MEGABYTE, 12_000 * MEGABYTE)).isEqualTo(12_000 * MEGABYTE);
    assertThat(HeapRoom.limit(0, 256 * MEGABYTE)).isEqualTo(256 * MEGABYTE);
  }

  @Test
  void keep_heapFillsUnderZgc_limitFollowsAndStaysBelowTheHeap()
      throws IOException, InterruptedException {
    assertThat(limits("", "-XX:+UseZGC", "-Xmx1g"))
        .containsExactly(512 * MEGABYTE, 1024 * MEGABYTE);
  }

  @Test
  void keep_limitOrCollectorChosenByTheUser_isLeftAlone() throws IOException, InterruptedException {
    var chosen = "-XX:SoftMaxHeapSize=600m";
    assertThat(limits("", "-XX:+UseZGC", "-Xmx1g", chosen)).containsOnly(600 * MEGABYTE);
    assertThat(limits(chosen, "-XX:+UseZGC", "-Xmx1g")).containsOnly(600 * MEGABYTE);
    assertThat(limits("", "-XX:+UseSerialGC", "-Xmx1g")).containsOnly(1024 * MEGABYTE);
  }

  /**
   * Soft limits of another JVM: at first, and with 300 MB in use after collections.
   *
   * @param environment flags that reach it by its environment
   */
  private static List<Long> limits(String environment, String... flags)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Filled.class.getName()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_TOOL_OPTIONS", environment);
    var process = builder.start();
    try (var said = process.inputReader()) {
      var limits = said.lines().filter(line -> line.matches("\\d+")).map(Long::valueOf).toList();
      assertThat(process.waitFor()).isZero();
      return limits;
    }
  }

  /** Says what its soft limit is, fills 300 MB, and says it again once that was noticed. */
  static final class Filled {
    private Filled() {}

    public static void main(String[] arguments) throws InterruptedException {
      HeapRoom.keep();
      long before = limit();
      System.out.println(before);
      var held = new ArrayList<byte[]>();
      for (int i = 0; i < 300; i++) {
        held.add(new byte[(int) MEGABYTE]);
      }
      long deadline = System.nanoTime() + 10_000_000_000L;
      boolean follows = before == 512 * MEGABYTE;
      while (follows && limit() != 1024 * MEGABYTE && System.nanoTime() < deadline) {
        System.gc();
        Thread.onSpinWait();
      }
      System.out.println(limit());
      System.exit(held.size() == 300 ? 0 : 1);
    }

    private static long limit() {
      return Long.parseLong(
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
              .getVMOption("SoftMaxHeapSize")
              .getValue());
    }
  }
}
