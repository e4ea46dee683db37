package io.marquetry.enrichment;

import org.jspecify.annotations.Nullable;

/**
 * What kind of device an agent runs on: {@code mobile}, {@code tablet}, {@code desktop}, {@code
 * tv}.
 *
 * <p>Design note: makers name their models as they like, so this goes by how they usually do: most
 * television sets have their size in inches in front of their model, tablets are some kind of tab
 * or pad, or of a series that has only tablets. Android says "mobile" on a phone and leaves it out
 * on a tablet, except where it does not.
 */
final class DeviceClasses {
  private static final String[] TVS = {
    "hbbtv",
    "smart-tv",
    "smarttv",
    "smart_tv",
    "smart tv",
    "googletv",
    "google tv",
    "appletv",
    "apple tv",
    "tvos",
    "android tv",
    "netcast",
    "web0s",
    "webos.tv",
    "webos tv",
    "viera/",
    "; viera",
    "bravia",
    "roku",
    "crkey",
    "vidaa",
    "tivoos",
    "tivo ",
    "vstvb",
    "nettv",
    "netrange",
    "philipstv",
    "ce-html",
    "dtv",
    "kreatv",
    "inettv",
    "espial",
    "maple 20",
    "maple20",
    "orsay",
    "smarthub",
    "tbrowser",
    "tv bro",
    "tv safari",
    "amazonwebappplatform",
    "boxee",
    "viziocast",
    "vizio",
    "whaletv",
    "zeasn",
    "opera tv",
    "opr/2",
    " omi/",
    "set-top",
    "settop",
    "iptv",
    "freeview",
    "chromecast",
    "aquos tv",
    " odin",
    "sraf",
    "telefunken tv",
    "titan os",
    "tizen tv",
    "nexplayer"
  };
  private static final String[] BOXES = {
    "mibox",
    "mitv",
    "openbox",
    "smart box",
    "tv box",
    "tvbox",
    "netbox",
    "nexbox",
    "leelbox",
    "stick",
    "x96",
    "h96",
    "t95",
    "mxq",
    "a95x",
    "hk1",
    "x88",
    "q96",
    "r69",
    "ugoos",
    "beelink",
    "minix",
    "neo-x",
    "vontar",
    "rombica",
    "formuler",
    "mecool",
    "andowl",
    "yndx-",
    "iconbit movie",
    "shield android",
    " shell",
    "tanix",
    "zidoo",
    "dune hd",
    "egreat",
    "wechip",
    "transpeed"
  };
  private static final String[] TABLETS = {
    "ipad",
    "tablet",
    "kindle",
    "playbook",
    "mediapad",
    "matepad",
    "lifetab",
    "xoom",
    "nexus 7",
    "nexus 9",
    "nexus 10",
    "pixel c",
    "slider sl101",
    "transformer",
    "touchpad",
    "iconia",
    "gt-p",
    "sm-t",
    "sm-p",
    "sm-x2",
    "sm-x3",
    "sm-x4",
    "sm-x5",
    "sm-x6",
    "sm-x7",
    "sm-x8",
    "sm-x9",
    "lenovo tb",
    "yoga",
    "ideatab",
    "dtab",
    "nook",
    "bntv",
    "bnrv",
    "hudl",
    "venue ",
    "streak 7",
    "streak 10",
    "sgpt",
    "pocketbook",
    "teclast",
    "iplay",
    "ainol",
    "novo7",
    "novo9",
    "nextbook",
    "trekstor",
    "surftab",
    "airtab",
    "nettab",
    "turbopad",
    "boox",
    "readboy",
    "lg-v4",
    "lg-v5",
    "lg-v7",
    "lg-v9",
    "vk8",
    "alldocube",
    "chuwi",
    "irbis t",
    "ginzzu gt",
    "plane ",
    "optima",
    "pixus",
    "dns ",
    "explay",
    "oysters",
    "wexler",
    "prestigio pmt",
    "pmt",
    "rca rct",
    "bq-1",
    "digma",
    "polaroid",
    "denver ta",
    "odys ",
    "yarvik",
    "goclever",
    "point of view"
  };
  private static final String[] MOBILES = {
    "iphone",
    "ipod",
    "mobile",
    "windows phone",
    "iemobile",
    "blackberry",
    "bb10",
    "opera mini",
    "opera mobi",
    "symbian",
    "series60",
    "series40",
    "kaios",
    "phone",
    "midp",
    "cldc",
    "brew",
    "up.browser",
    "wap-browser",
    "wap browser",
    "maui",
    " mre/",
    "docomo",
    "kddi",
    "softbank",
    "willcom",
    "palm",
    "netfront",
    "nokia",
    "lumia",
    "ucweb",
    "j2me",
    "sonyericsson",
    "iph",
    "mot-"
  };
  private static final String[] DESKTOPS = {
    "windows nt",
    "windows 9",
    "windows 2",
    "win98",
    "win95",
    "win64",
    "winnt",
    "win10 ",
    "win7 ",
    "macintosh",
    "macos",
    "mac os",
    "macbook",
    "imac",
    "x11",
    "cros ",
    "desktop",
    "x86_64",
    "i686",
    "chromebook",
    "wayland",
    "ubuntu",
    "konqueror",
    "ms-office",
    "msoffice",
    "clr "
  };

  private DeviceClasses() {}

  static @Nullable String of(AgentText agent) {
    if (agent.has("iphone") || agent.has("ipod")) {
      return "mobile";
    }
    if (agent.has("ipad")) {
      return "tablet";
    }
    if (isPortable(agent)) {
      return "desktop";
    }
    if (isTv(agent)) {
      return "tv";
    }
    return agent.android ? android(agent) : other(agent);
  }

  /** Computers that run Android, or that take a pen. */
  private static boolean isPortable(AgentText agent) {
    return agent.has("tablet pc")
        || agent.has("chromebook")
        || agent.has("inspiron")
        || agent.has("travelmate")
        || agent.has("chromebox");
  }

  private static boolean isTv(AgentText agent) {
    if (agent.has("cfnetwork") || agent.has("windows nt") || agent.has("macintosh")) {
      return agent.has("appletv") || agent.has("hbbtv");
    }
    if (agent.hasAny(TVS) || AgentText.anyWord(agent.text, DeviceClasses::isTvWord)) {
      return true;
    }
    return agent.android
        && !isTablet(agent)
        && (AgentText.hasAny(agent.model, BOXES)
            || AgentText.anyWord(agent.model, DeviceClasses::isTvModel));
  }

  private static boolean isTvWord(String word) {
    return (word.endsWith("tv") && !word.endsWith("letv")) || AgentText.numbered(word, "led", 2);
  }

  /** Televisions of one maker, and those whose model begins with their size in inches. */
  private static boolean isTvModel(String word) {
    return (word.startsWith("aft") && word.length() > 3)
        || word.endsWith("box")
        || (word.length() >= 5 && isInches(word) && !AgentText.isDigit(word.charAt(2)));
  }

  private static boolean isInches(String word) {
    return AgentText.isDigit(word.charAt(0))
        && AgentText.isDigit(word.charAt(1))
        && word.compareTo("24") >= 0
        && word.compareTo("87") < 0;
  }

  private static String android(AgentText agent) {
    if (isTablet(agent) || agent.has("/apad") || (agent.has("silk/") && !agent.has("mobile"))) {
      return "tablet";
    }
    boolean browser = agent.has("mozilla") && !agent.has("dalvik");
    return agent.has("mobile") || !browser ? "mobile" : "tablet";
  }

  private static boolean isTablet(AgentText agent) {
    return agent.has("tablet")
        || AgentText.hasAny(agent.model, TABLETS)
        || AgentText.anyWord(agent.model, DeviceClasses::isTabletModel);
  }

  private static boolean isTabletModel(String word) {
    return word.endsWith("tab")
        || AgentText.numbered(word, "tab", 1)
        || (word.endsWith("pad") && !word.equals("ipad"))
        || AgentText.numbered(word, "pad", 1)
        || word.equals("tb")
        || word.endsWith("tpc")
        || AgentText.numbered(word, "tb", 1)
        || AgentText.numbered(word, "mid", 1)
        || AgentText.numbered(word, "yt", 1)
        || word.equals("mid")
        || AgentText.numbered(word, "sgp", 3)
        || AgentText.numbered(word, "mz", 3)
        || AgentText.numbered(word, "me", 3)
        || (word.startsWith("kf") && word.length() >= 4 && word.length() <= 6)
        || isHuaweiTablet(word);
  }

  /** Huawei's and Honor's tablets end in W09, W19, AL09 and the like, their phones in others. */
  private static boolean isHuaweiTablet(String word) {
    return word.equals("w09")
        || word.equals("w19")
        || word.equals("w59")
        || word.equals("w00")
        || word.equals("w10")
        || word.equals("al09")
        || word.equals("l09");
  }

  private static @Nullable String other(AgentText agent) {
    if (agent.has("silk/")
        || agent.has("kindle")
        || agent.has("playbook")
        || agent.has("touchpad")) {
      return "tablet";
    }
    boolean phone = agent.hasAny(MOBILES);
    if (phone && !agent.has("windows nt") && !agent.has("macintosh")) {
      return agent.has("tablet") ? "tablet" : "mobile";
    }
    if (agent.has("lumia")) {
      return "mobile";
    }
    if (agent.hasAny(DESKTOPS)) {
      return "desktop";
    }
    if (agent.has("darwin/") || agent.has("ios")) {
      return "mobile";
    }
    return agent.has("tablet") ? "tablet" : agent.has("linux") ? "desktop" : null;
  }
}
