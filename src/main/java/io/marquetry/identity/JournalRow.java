package io.marquetry.identity;

import io.marquetry.identity.core.Change;
import io.marquetry.identity.core.Change.Cause;
import io.marquetry.identity.core.Change.Joined;
import io.marquetry.identity.core.Change.Parted;
import io.marquetry.identity.core.Change.Pointed;
import io.marquetry.identity.core.Change.Quarantined;
import io.marquetry.identity.core.Change.Released;
import io.marquetry.identity.core.Suspicion;
import io.marquetry.kit.Id128;
import org.jspecify.annotations.Nullable;

/**
 * A change as a row of the journal.
 *
 * @param kind {@code user}, {@code device} or {@code shared} for an identifier that leads to a
 *     profile, {@code merge}, {@code part}, {@code quarantine}, {@code release}
 * @param subject the identifier, or the profile that went up or was split off
 * @param profile the profile it leads to, or the one that goes on
 * @param evidence what showed it; of a split the site
 */
record JournalRow(
    long position,
    long at,
    String kind,
    Id128 subject,
    Id128 profile,
    String evidence,
    @Nullable Id128 near,
    @Nullable Id128 other) {

  static JournalRow of(Change change) {
    long position = change.position();
    long at = change.at();
    return switch (change) {
      case Pointed to ->
          new JournalRow(
              position,
              at,
              kind(to.cause()),
              to.identifier(),
              to.profile(),
              "identify",
              to.via(),
              null);
      case Joined join ->
          new JournalRow(
              position,
              at,
              "merge",
              join.from(),
              join.into(),
              join.evidence(),
              join.kept(),
              join.other());
      case Parted parted ->
          new JournalRow(
              position,
              at,
              "part",
              parted.part(),
              parted.whole(),
              parted.site(),
              parted.kept(),
              parted.other());
      case Quarantined in ->
          new JournalRow(
              position,
              at,
              "quarantine",
              in.identifier(),
              in.identifier(),
              in.suspicion().key(),
              null,
              null);
      case Released out ->
          new JournalRow(
              position,
              at,
              "release",
              out.identifier(),
              out.identifier(),
              Joined.ADMIN,
              null,
              null);
    };
  }

  private static String kind(Cause cause) {
    return switch (cause) {
      case PERSON -> "user";
      case HANDED -> "device";
      case SHARED -> "shared";
      case PARTED -> throw new IllegalArgumentException("follows from a split, and is not stored");
    };
  }

  Change change() {
    return switch (kind) {
      case "user" -> Pointed.of(position, at, subject, profile, Cause.PERSON, near);
      case "device" -> Pointed.of(position, at, subject, profile, Cause.HANDED, near);
      case "shared" -> Pointed.of(position, at, subject, profile, Cause.SHARED, near);
      case "merge" ->
          new Joined(
              position, at, subject, profile, evidence, or(near, profile), or(other, subject));
      case "part" ->
          new Parted(
              position, at, evidence, profile, subject, or(near, profile), or(other, subject));
      case "quarantine" -> new Quarantined(position, at, subject, Suspicion.of(evidence));
      case "release" -> new Released(position, at, subject);
      default -> throw new IllegalStateException("a journal entry of kind " + kind);
    };
  }

  /** Rows from before evidence was kept. */
  private static Id128 or(@Nullable Id128 known, Id128 otherwise) {
    return known == null ? otherwise : known;
  }
}
