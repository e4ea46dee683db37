package io.marquetry.enrichment;

import org.jspecify.annotations.Nullable;

/** Which browser an agent is, by its usual name. */
final class BrowserNames {
  /** Most telling first: each browser also names those it wants to be taken for. */
  private static final String[][] BROWSERS = {
    {"opera mini/", "Opera"},
    {"opr/", "Opera"},
    {"opera", "Opera"},
    {"opios/", "Opera"},
    {"opt/", "Opera"},
    {"edg/", "Edge"},
    {"edga/", "Edge"},
    {"edgios/", "Edge"},
    {"edge/", "Edge"},
    {"samsungbrowser/", "Samsung Internet"},
    {"ucbrowser/", "UC Browser"},
    {"ucweb/", "UC Browser"},
    {"ucweb", "UC Browser"},
    {"ucmobile/", "UC Browser"},
    {"ubrowser/", "UC Browser"},
    {"uc browser", "UC Browser"},
    {"yabrowser/", "Yandex Browser"},
    {"yasearchbrowser/", "Yandex Browser"},
    {"yandexsearch/", "Yandex Browser"},
    {"yasearchapp", "Yandex Browser"},
    {"vivaldi/", "Vivaldi"},
    {"brave", "Brave"},
    {"duckduckgo/", "DuckDuckGo"},
    {"ddg/", "DuckDuckGo"},
    {"miuibrowser/", "Mi Browser"},
    {"huaweibrowser/", "Huawei Browser"},
    {"mqqbrowser", "QQ Browser"},
    {"qqbrowser", "QQ Browser"},
    {"micromessenger/", "WeChat"},
    {"fban/", "Facebook"},
    {"fbav/", "Facebook"},
    {"fb_iab", "Facebook"},
    {"instagram ", "Instagram"},
    {"pinterest/", "Pinterest"},
    {"snapchat/", "Snapchat"},
    {"whale/", "Whale"},
    {"puffin/", "Puffin"},
    {"silk/", "Silk"},
    {"gsa/", "Google App"},
    {"fxios/", "Firefox"},
    {"focus/", "Firefox"},
    {"klar/", "Firefox"},
    {"seamonkey/", "SeaMonkey"},
    {"firefox", "Firefox"},
    {"iemobile", "Internet Explorer"},
    {"msie ", "Internet Explorer"},
    {"trident/", "Internet Explorer"},
    {"crios/", "Chrome"},
    {"headlesschrome/", "Chrome"},
    {"chromium/", "Chrome"},
    {"chrome/", "Chrome"},
    {"safari/", "Safari"},
    {"mobilesafari/", "Safari"}
  };

  private BrowserNames() {}

  static @Nullable String of(AgentText agent) {
    if (agent.android && agent.has("version/4.0") && !agent.has("chrome/") && isStock(agent)) {
      return "Android Browser";
    }
    for (var browser : BROWSERS) {
      if (agent.has(browser[0])) {
        return browser[1];
      }
    }
    return null;
  }

  /** Android's own old browser claims to be Safari, and names no other. */
  private static boolean isStock(AgentText agent) {
    for (var browser : BROWSERS) {
      if (agent.has(browser[0])) {
        return browser[1].equals("Safari");
      }
    }
    return true;
  }
}
