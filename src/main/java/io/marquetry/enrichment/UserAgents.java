package io.marquetry.enrichment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells devices apart by the user agent: {@code class} ({@code mobile}, {@code tablet}, {@code
 * desktop}, {@code tv}, {@code bot}), {@code os} and {@code browser}. What it does not know it
 * leaves out.
 *
 * <p>Design note: works by the words that browsers put into their agents, in time linear in the
 * agent's bounded length, some microseconds for one not met before. Libraries that know every model
 * take milliseconds for that, on an event loop, for an agent that anybody may make up; {@code
 * docs/adr/0015} has the figures.
 */
public final class UserAgents implements Enrichment {
  private static final int REMEMBERED = 4_096;
  private static final int LONGEST_REMEMBERED = 512;

  private final Remembered<String, Map<String, Object>> known =
      new Remembered<>(REMEMBERED, UserAgents::classify);

  @Override
  public String name() {
    return "user_agent";
  }

  @Override
  public void enrich(Sighting seen, Findings found) {
    found.device(of(seen.userAgent()));
  }

  /** Class, system and browser as far as known; empty for an empty agent. */
  public Map<String, Object> of(String userAgent) {
    if (userAgent.isEmpty()) {
      return Map.of();
    }
    return known.get(
        userAgent.length() > LONGEST_REMEMBERED
            ? userAgent.substring(0, LONGEST_REMEMBERED)
            : userAgent);
  }

  /** Whether a program announces itself by it. */
  public boolean isBot(String userAgent) {
    return "bot".equals(of(userAgent).get("class"));
  }

  private static Map<String, Object> classify(String userAgent) {
    var agent = new AgentText(userAgent);
    var device = new LinkedHashMap<String, Object>(4);
    put(device, "class", Bots.announces(agent.text) ? "bot" : DeviceClasses.of(agent));
    put(device, "os", SystemNames.of(agent));
    put(device, "browser", BrowserNames.of(agent));
    return Collections.unmodifiableMap(device);
  }

  private static void put(Map<String, Object> device, String key, @Nullable String value) {
    if (value != null) {
      device.put(key, value);
    }
  }

  @Override
  public Memory memory() {
    return known.memory();
  }
}
