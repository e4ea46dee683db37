package io.marquetry.assembly.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a page with ESI tags for one request: conditions are decided and variables filled in, what
 * is left is text, includes and alternatives.
 *
 * <p>Design note: ESI tags count wherever they stand, also in scripts and attributes, as in every
 * processor; so this knows nothing of HTML. A page is read once from front to back by recursive
 * descent. What is not well-formed stays as it is: a tag that nobody knows is text, and an element
 * that is never closed ends with the page.
 */
public final class EsiParser {
  private static final int DEEPEST = 32;
  private static final String OPEN = "<esi:";
  private static final String CLOSE = "</esi:";
  private static final String COMMENT = "<!--esi";

  private final String page;
  private final EsiVariables variables;
  private int at;

  private EsiParser(String page, EsiVariables variables) {
    this.page = page;
    this.variables = variables;
  }

  /** Reads a page, in any encoding that leaves ASCII to ASCII, a character for a byte. */
  public static List<Esi> parse(String page, EsiVariables variables) {
    return new EsiParser(page, variables).nodes("", false, 0);
  }

  /** Everything up to the end tag of an element, or the end of the page. */
  private List<Esi> nodes(String element, boolean vars, int depth) {
    var nodes = new ArrayList<Esi>();
    while (at < page.length()) {
      int next = next(at);
      text(nodes, page.substring(at, next), vars);
      at = next;
      if (at == page.length()) {
        break;
      }
      if (page.startsWith(CLOSE, at)) {
        int end = end(at);
        var name = name(at + CLOSE.length());
        at = end;
        if (name.equals(element)) {
          return nodes;
        }
      } else if (page.startsWith(COMMENT, at)) {
        at += COMMENT.length();
        int end = page.indexOf("-->", at);
        var inner = page.substring(at, end < 0 ? page.length() : end);
        at = end < 0 ? page.length() : end + 3;
        nodes.addAll(new EsiParser(inner, variables).nodes("", vars, depth + 1));
      } else {
        element(nodes, vars, depth);
      }
    }
    return nodes;
  }

  /** Where the next tag of ours begins, or the page ends. */
  private int next(int from) {
    int found = page.length();
    for (var mark : List.of(OPEN, CLOSE, COMMENT)) {
      int mine = page.indexOf(mark, from);
      found = mine >= 0 && mine < found ? mine : found;
    }
    return found;
  }

  private void text(List<Esi> nodes, String text, boolean vars) {
    if (!text.isEmpty()) {
      nodes.add(new Esi.Text(vars ? variables.fill(text) : text));
    }
  }

  private int end(int from) {
    int end = page.indexOf('>', from);
    return end < 0 ? page.length() : end + 1;
  }

  private String name(int from) {
    int to = from;
    while (to < page.length() && Character.isLetter(page.charAt(to))) {
      to++;
    }
    return page.substring(from, to);
  }

  private void element(List<Esi> nodes, boolean vars, int depth) {
    int start = at;
    var name = name(at + OPEN.length());
    at = end(at);
    var tag = page.substring(start, at);
    boolean empty = tag.endsWith("/>");
    if (depth >= DEEPEST) {
      nodes.add(new Esi.Text(tag));
      return;
    }
    switch (name) {
      case "include" -> {
        nodes.add(
            new Esi.Include(
                variables.fillAddress(attribute(tag, "src")),
                variables.fillAddress(attribute(tag, "alt")),
                attribute(tag, "onerror").equals("continue")));
        if (!empty && page.startsWith("</esi:include>", at)) {
          at += "</esi:include>".length();
        }
      }
      case "comment" -> {}
      case "remove" -> skip(empty, name, depth);
      case "vars" -> nodes.addAll(inner(empty, name, true, depth));
      case "try" -> nodes.add(alternatives(empty, depth));
      case "choose" -> choose(nodes, empty, vars, depth);
      case "attempt", "except", "when", "otherwise" -> skip(empty, name, depth);
      default -> nodes.add(new Esi.Text(tag));
    }
  }

  private void skip(boolean empty, String name, int depth) {
    var unused = inner(empty, name, false, depth);
  }

  private List<Esi> inner(boolean empty, String name, boolean vars, int depth) {
    return empty ? List.of() : nodes(name, vars, depth + 1);
  }

  private Esi alternatives(boolean empty, int depth) {
    List<Esi> attempt = List.of();
    List<Esi> except = List.of();
    for (var child = empty ? "" : child("try"); !child.isEmpty(); child = child("try")) {
      boolean nothing = child.endsWith("/>");
      var name = name(child.indexOf(':') + 1, child);
      var body = inner(nothing, name, false, depth);
      switch (name) {
        case "attempt" -> attempt = body;
        case "except" -> except = body;
        default -> {}
      }
    }
    return new Esi.Try(attempt, except);
  }

  private void choose(List<Esi> nodes, boolean empty, boolean vars, int depth) {
    boolean chosen = false;
    for (var child = empty ? "" : child("choose"); !child.isEmpty(); child = child("choose")) {
      var name = name(child.indexOf(':') + 1, child);
      var body = inner(child.endsWith("/>"), name, vars, depth);
      boolean holds =
          switch (name) {
            case "when" -> EsiCondition.holds(attribute(child, "test"), variables);
            case "otherwise" -> true;
            default -> false;
          };
      if (holds && !chosen) {
        chosen = true;
        nodes.addAll(body);
      }
    }
  }

  private static String name(int from, String tag) {
    int to = from;
    while (to < tag.length() && Character.isLetter(tag.charAt(to))) {
      to++;
    }
    return tag.substring(from, to);
  }

  /** The next start tag right inside an element; empty, past its end tag, where there is none. */
  private String child(String element) {
    while (at < page.length()) {
      int open = page.indexOf(OPEN, at);
      int close = page.indexOf(CLOSE, at);
      if (open < 0 || (close >= 0 && close < open)) {
        int tag = close < 0 ? page.length() : close;
        at = end(tag);
        if (close < 0 || name(tag + CLOSE.length()).equals(element)) {
          return "";
        }
      } else {
        at = end(open);
        return page.substring(open, at);
      }
    }
    return "";
  }

  /** The value of an attribute, its character references decoded; empty where there is none. */
  private static String attribute(String tag, String name) {
    for (char quote : new char[] {'"', '\''}) {
      int start = tag.indexOf(" " + name + "=" + quote);
      if (start >= 0) {
        int from = start + name.length() + 3;
        int to = tag.indexOf(quote, from);
        if (to >= 0) {
          return tag.substring(from, to)
              .replace("&quot;", "\"")
              .replace("&lt;", "<")
              .replace("&gt;", ">")
              .replace("&amp;", "&");
        }
      }
    }
    return "";
  }
}
