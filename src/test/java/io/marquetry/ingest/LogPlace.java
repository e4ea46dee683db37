package io.marquetry.ingest;

import io.marquetry.platform.LogSettings;

/** Where the log of a running ingest is, and what a test does to it behind its back. */
interface LogPlace {
  LogSettings settings();

  /** How many events are in the log, each at a place of its own. */
  long stored();

  /** Adds an entry that is no JSON, and one that is no event, to a log with one entry. */
  void damage();
}
