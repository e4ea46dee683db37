package io.marquetry.enrichment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sites send visitors, and what kind of site each is.
 *
 * <p>Design note: {@code referrers.txt} holds one source a line: {@code medium | name | hosts |
 * parameters}. A host stands for everything below it; {@code google.*} for any ending in which a
 * country may hide; a path behind a host narrows it. The longest entry wins, so {@code
 * mail.google.*} goes before {@code google.*}. A host that no entry knows is told by its first
 * label where that says what it is ({@code webmail.…}). A lookup strips labels from the left, which
 * is a few hash lookups however long the list is.
 */
final class Referrers {
  private static final String FILE = "/enrichment/referrers.txt";
  private static final int MAX_TERM = 256;

  /** Second-level labels under which countries register names. */
  private static final Set<String> SECOND_LEVEL =
      Set.of("ac", "co", "com", "edu", "go", "gov", "ne", "net", "nom", "or", "org");

  private static final Referrers BUILT_IN = read();

  private final Map<String, List<Entry>> byHost = new HashMap<>();
  private final Map<String, String> mediumByName = new HashMap<>();

  /** A known source; an empty path stands for all. */
  private record Entry(Source source, String path) {}

  /** A site that sends visitors, and the parameters that hold what was searched for. */
  record Source(String medium, String name, List<String> parameters) {}

  private Referrers() {}

  static Referrers builtIn() {
    return BUILT_IN;
  }

  private static Referrers read() {
    var all = new Referrers();
    try (var in = Referrers.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("there is no " + FILE);
      }
      var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines();
      lines.filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(all::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private void add(String line) {
    var fields = line.split("\\|", -1);
    var parameters = fields.length > 3 ? words(fields[3]) : List.<String>of();
    var source = new Source(fields[0].strip(), fields[1].strip(), parameters);
    for (var place : words(fields[2])) {
      int slash = place.indexOf('/');
      var host = slash < 0 ? place : place.substring(0, slash);
      var path = slash < 0 ? "" : place.substring(slash);
      var entries = byHost.computeIfAbsent(host, key -> new ArrayList<>());
      entries.add(path.isEmpty() ? entries.size() : 0, new Entry(source, path));
    }
    mediumByName.putIfAbsent(source.name().toLowerCase(Locale.ROOT), source.medium());
  }

  private static List<String> words(String text) {
    var words = text.strip();
    return words.isEmpty() ? List.of() : List.of(words.split(" +"));
  }

  /** The medium of a source that a campaign names, null where it is unknown. */
  @Nullable String medium(String name) {
    return mediumByName.get(name);
  }

  /** The source that an address belongs to; null where it is none we know. */
  @Nullable Source find(Address address) {
    var host = address.host();
    int suffix = suffixStart(host);
    for (int start = 0; start >= 0 && start < host.length(); start = nextLabel(host, start)) {
      var found = at(host.substring(start), address.path());
      if (found == null && start < suffix) {
        found = at(host.substring(start, suffix) + "*", address.path());
      }
      if (found != null) {
        return found;
      }
    }
    return byFirstLabel(host);
  }

  private static int nextLabel(String host, int start) {
    int dot = host.indexOf('.', start);
    return dot < 0 ? -1 : dot + 1;
  }

  private @Nullable Source at(String host, String path) {
    var entries = byHost.get(host);
    if (entries != null) {
      for (var entry : entries) {
        if (path.startsWith(entry.path())) {
          return entry.source();
        }
      }
    }
    return null;
  }

  /** Where the part begins that a country or a kind of site shares. */
  private static int suffixStart(String host) {
    int last = host.lastIndexOf('.');
    if (last < 0) {
      return 0;
    }
    int second = host.lastIndexOf('.', last - 1);
    boolean country =
        second > 0
            && host.length() - last == 3
            && SECOND_LEVEL.contains(host.substring(second + 1, last));
    return (country ? second : last) + 1;
  }

  private static @Nullable Source byFirstLabel(String host) {
    int dot = host.indexOf('.');
    if (dot < 0 || host.indexOf('.', dot + 1) < 0) {
      return null;
    }
    var label = host.substring(0, dot);
    boolean mail =
        label.startsWith("mail")
            || label.endsWith("mail")
            || label.startsWith("webmail")
            || label.startsWith("lightmailer")
            || label.equals("newsletter")
            || label.equals("outlook")
            || label.equals("roundcube")
            || label.equals("zimbra");
    if (mail) {
      return new Source("email", "", List.of());
    }
    boolean search = label.equals("search") || label.equals("suche") || label.equals("buscador");
    return search ? new Source("search", "", List.of("q", "query", "p", "text")) : null;
  }

  /** What was searched for, by the source's own parameters. */
  static @Nullable String term(Source source, Address address) {
    if (source.parameters().isEmpty() || address.query().isEmpty()) {
      return null;
    }
    var found = new HashMap<String, String>();
    address.parameters(found::putIfAbsent);
    for (var parameter : source.parameters()) {
      var term = found.get(parameter);
      if (term != null && term.length() <= MAX_TERM) {
        return term;
      }
    }
    return null;
  }
}
