package io.marquetry.bench;

/**
 * How long everything takes.
 *
 * @param firstWarmUp seconds of CPU time that a server is given under load before its first row: on
 *     one core that it shares with its compilers it takes minutes until these are done
 * @param scaleWarmUp the same for servers that are compared with one another alone
 * @param warmUp the same before each further row
 * @param patience seconds to wait before each repetition for others to leave the machine
 * @param seconds of one repetition
 * @param repetitions of ours and the ceiling each, in turns
 * @param settleSeconds of a given rate before it is measured: full load before it leaves much to be
 *     stored, which is through after one and a half of the times that a change may wait
 * @param openSeconds of one run at a given rate
 * @param microArguments how JMH measures
 * @param cacheVisitors how many visitors fill the segment cache
 * @param rebuiltProfiles how many profiles are taken up again after a crash
 * @param storedProfiles how many are on disk where there are many; PostgreSQL compresses each row
 *     as it is written, so that five million take four minutes of CPU time before anything is
 *     measured
 */
record Plan(
    double firstWarmUp,
    double scaleWarmUp,
    double warmUp,
    double patience,
    double seconds,
    int repetitions,
    double settleSeconds,
    double openSeconds,
    String microArguments,
    int cacheVisitors,
    int rebuiltProfiles,
    int storedProfiles) {
  static final Plan FULL =
      new Plan(
          150,
          30,
          15,
          10,
          6,
          3,
          45,
          30,
          "-f 1 -wi 6 -w 1 -i 8 -r 1",
          10_000_000,
          1_000_000,
          2_000_000);

  /** Finds out whether everything works and what order figures are of; compilers are not done. */
  static final Plan QUICK =
      new Plan(
          8, 8, 3, 0, 2.5, 3, 2, 4, "-f 1 -wi 3 -w 1 -i 2 -r 1", 1_000_000, 100_000, 1_000_000);
}
