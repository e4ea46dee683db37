package io.marquetry.enrichment;

import org.jspecify.annotations.Nullable;

/** Which operating system an agent runs on, by its usual name. */
final class SystemNames {
  /** What is found first holds: each may name those that come after it. */
  private static final String[][] SYSTEMS = {
    {"windows phone", "Windows Phone"},
    {"iemobile", "Windows Phone"},
    {"xbox", "Xbox"},
    {"windows ce", "Windows CE"},
    {"windows", "Windows"},
    {"iphone", "iOS"},
    {"ipad", "iOS"},
    {"ipod", "iOS"},
    {"watchos", "watchOS"},
    {"watch os", "watchOS"},
    {"tvos", "tvOS"},
    {"appletv", "tvOS"},
    {"apple tv", "tvOS"},
    {"kaios", "KaiOS"},
    {"tizen", "Tizen"},
    {"bada", "Bada"},
    {"web0s", "webOS"},
    {"webos", "webOS"},
    {"android", "Android"},
    {" adr ", "Android"},
    {"cros ", "ChromeOS"},
    {"blackberry", "BlackBerry"},
    {"bb10", "BlackBerry"},
    {"symbian", "Symbian"},
    {"series60", "Symbian"},
    {"playstation", "PlayStation"},
    {"nintendo", "Nintendo"},
    {"roku", "Roku"},
    {"vidaa", "VIDAA"},
    {"mac os x", "macOS"},
    {"macintosh", "macOS"},
    {"macos", "macOS"},
    {"mac os/", "macOS"},
    {"mac_powerpc", "macOS"},
    {"os=mac", "macOS"},
    {"winnt", "Windows"},
    {"win95", "Windows"},
    {"win98", "Windows"},
    {"win64", "Windows"},
    {"win10", "Windows"},
    {"win7", "Windows"},
    {"freebsd", "FreeBSD"},
    {"openbsd", "OpenBSD"},
    {"netbsd", "NetBSD"},
    {"sunos", "Solaris"},
    {"linux", "Linux"},
    {"ubuntu", "Linux"},
    {"fedora", "Linux"},
    {"debian", "Linux"},
    {"x11", "Linux"},
    {"dv(iph", "iOS"}
  };

  private SystemNames() {}

  static @Nullable String of(AgentText agent) {
    for (var system : SYSTEMS) {
      if (agent.has(system[0])) {
        return system[1];
      }
    }
    return apple(agent);
  }

  /** Programs of Apple's systems name only the kernel; one of a computer says its processor too. */
  private static @Nullable String apple(AgentText agent) {
    if (agent.has("darwin")) {
      boolean computer = agent.has("x86_64") || agent.has("i386") || agent.has("(mac");
      return computer ? "macOS" : agent.has("cfnetwork") ? "iOS" : "macOS";
    }
    return AgentText.anyWord(agent.text, "ios"::equals) ? "iOS" : null;
  }
}
