package io.marquetry.platform;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells devices apart as far as deciding what to show needs it: {@code class} ({@code mobile},
 * {@code tablet}, {@code desktop}, {@code tv}, {@code bot}), {@code os} and {@code browser}.
 *
 * <p>Works by the words that browsers put into their user agent, most telling first, since each
 * browser also names those it wants to be taken for. What it does not know it leaves out.
 */
final class UserAgent {
  private static final int MAX_LENGTH = 1_024;

  private static final String[] BOTS = {
    "bot",
    "crawl",
    "spider",
    "slurp",
    "facebookexternalhit",
    "preview",
    "monitor",
    "archiver",
    "headless"
  };
  private static final String[] TVS = {
    "smart-tv",
    "smarttv",
    "smart tv",
    "googletv",
    "google tv",
    "appletv",
    "apple tv",
    "hbbtv",
    "netcast",
    "web0s",
    "webos.tv",
    "viera",
    "bravia",
    "roku",
    "crkey",
    "aft",
    "tizen tv",
    "android tv",
    "dtv",
    "vidaa"
  };
  private static final String[] TABLETS = {
    "ipad",
    "tablet",
    "kindle",
    "silk/",
    "playbook",
    "sm-t",
    "gt-p",
    "nexus 7",
    "nexus 9",
    "nexus 10",
    "lenovo tb",
    "mediapad",
    "xoom"
  };
  private static final String[] MOBILES = {
    "iphone",
    "ipod",
    "mobile",
    "windows phone",
    "blackberry",
    "bb10",
    "opera mini",
    "symbian",
    "kaios",
    "phone"
  };

  private static final String[][] SYSTEMS = {
    {"windows phone", "Windows Phone"},
    {"windows", "Windows"},
    {"iphone", "iOS"},
    {"ipad", "iOS"},
    {"ipod", "iOS"},
    {"android", "Android"},
    {"cros ", "ChromeOS"},
    {"kaios", "KaiOS"},
    {"tizen", "Tizen"},
    {"web0s", "webOS"},
    {"mac os x", "macOS"},
    {"macintosh", "macOS"},
    {"linux", "Linux"},
    {"x11", "Linux"}
  };

  private static final String[][] BROWSERS = {
    {"edg/", "Edge"},
    {"edga/", "Edge"},
    {"edgios/", "Edge"},
    {"edge/", "Edge"},
    {"opr/", "Opera"},
    {"opera", "Opera"},
    {"samsungbrowser/", "Samsung Internet"},
    {"ucbrowser/", "UC Browser"},
    {"yabrowser/", "Yandex Browser"},
    {"vivaldi/", "Vivaldi"},
    {"fxios/", "Firefox"},
    {"firefox/", "Firefox"},
    {"crios/", "Chrome"},
    {"chromium/", "Chrome"},
    {"chrome/", "Chrome"},
    {"msie ", "Internet Explorer"},
    {"trident/", "Internet Explorer"},
    {"safari/", "Safari"}
  };

  private UserAgent() {}

  /** Class, system and browser as far as known; empty for an empty user agent. */
  static Map<String, Object> classify(String userAgent) {
    if (userAgent.isEmpty()) {
      return Map.of();
    }
    var text =
        userAgent.substring(0, Math.min(userAgent.length(), MAX_LENGTH)).toLowerCase(Locale.ROOT);
    var device = new LinkedHashMap<String, Object>(4);
    putKnown(device, "class", kind(text));
    putKnown(device, "os", named(text, SYSTEMS));
    putKnown(device, "browser", named(text, BROWSERS));
    return device;
  }

  private static void putKnown(Map<String, Object> device, String key, @Nullable String value) {
    if (value != null) {
      device.put(key, value);
    }
  }

  private static @Nullable String kind(String text) {
    // One maker of phones calls itself something with "bot" in it.
    if (contains(text.replace("cubot", ""), BOTS)) {
      return "bot";
    }
    if (contains(text, TVS)) {
      return "tv";
    }
    // Android says "mobile" on a phone and leaves it out on a tablet.
    boolean android = text.contains("android");
    if (text.contains("tablet pc") || text.contains("chromebook")) {
      return "desktop";
    }
    if (contains(text, TABLETS) || (android && !text.contains("mobile"))) {
      return "tablet";
    }
    if (android || contains(text, MOBILES)) {
      return "mobile";
    }
    return named(text, SYSTEMS) == null ? null : "desktop";
  }

  private static boolean contains(String text, String[] words) {
    for (var word : words) {
      if (text.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String named(String text, String[][] names) {
    for (var name : names) {
      if (text.contains(name[0])) {
        return name[1];
      }
    }
    return null;
  }
}
