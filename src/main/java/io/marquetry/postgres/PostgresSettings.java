package io.marquetry.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the embedded server runs with. Given on its command line, these outrank {@code
 * postgresql.conf} and take effect with the next start of a newer Marquetry; whatever is not named
 * here an operator may set in that file.
 */
final class PostgresSettings {

  /** A setting of our own, by which a later process recognises a server configured as it would. */
  static final String FINGERPRINT = "marquetry.settings";

  private static final Map<String, String> SETTINGS = new LinkedHashMap<>();

  static {
    // An acknowledged event is a committed one.
    SETTINGS.put("fsync", "on");
    SETTINGS.put("synchronous_commit", "on");
    SETTINGS.put("full_page_writes", "on");
    // Nobody but this process connects.
    SETTINGS.put("listen_addresses", "127.0.0.1");
    SETTINGS.put("unix_socket_directories", "");
    SETTINGS.put("max_connections", "50");
    // Taken only as far as it is used; with less, pages of indexes are written out and read again
    // all the time under load.
    SETTINGS.put("shared_buffers", "512MB");
    // Each checkpoint makes the next change of every page cost a copy of the whole page.
    SETTINGS.put("max_wal_size", "2GB");
    SETTINGS.put("max_worker_processes", "4");
    SETTINGS.put("autovacuum_max_workers", "2");
    SETTINGS.put("jit", "off");
    // Partitioned tables take a lock per partition.
    SETTINGS.put("max_locks_per_transaction", "128");
    // The log serves crash recovery alone; there are no replicas.
    SETTINGS.put("wal_level", "minimal");
    SETTINGS.put("max_wal_senders", "0");
    SETTINGS.put("max_logical_replication_workers", "0");
    // No statements and no row values in the log: they may hold personal data.
    SETTINGS.put("log_min_messages", "warning");
    SETTINGS.put("log_min_error_statement", "panic");
    SETTINGS.put("log_error_verbosity", "terse");
    SETTINGS.put("log_checkpoints", "off");
    SETTINGS.put("log_timezone", "UTC");
    SETTINGS.put("timezone", "UTC");
  }

  private PostgresSettings() {}

  static List<String> arguments() {
    var arguments = new ArrayList<String>();
    SETTINGS.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
    arguments.addAll(List.of("-c", FINGERPRINT + "=" + fingerprint()));
    return arguments;
  }

  static String fingerprint() {
    return PostgresBinaries.VERSION + "-" + Integer.toHexString(SETTINGS.hashCode());
  }
}
