package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.IdentityMessage.Checkpoint;
import io.marquetry.bus.IdentityMessage.GetCheckpoint;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.Apply;
import io.marquetry.bus.SegmentationMessage.Backfills;
import io.marquetry.bus.SegmentationMessage.BeginFill;
import io.marquetry.bus.SegmentationMessage.EndFill;
import io.marquetry.bus.SegmentationMessage.Fill;
import io.marquetry.bus.SegmentationMessage.Filled;
import io.marquetry.bus.SegmentationMessage.Fills;
import io.marquetry.bus.SegmentationMessage.GetBackfills;
import io.marquetry.bus.SegmentationMessage.GetFills;
import io.marquetry.bus.SegmentationMessage.GetMembers;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.bus.SegmentationMessage.GetSnapshots;
import io.marquetry.bus.SegmentationMessage.ListProfiles;
import io.marquetry.bus.SegmentationMessage.Members;
import io.marquetry.bus.SegmentationMessage.ProfileView;
import io.marquetry.bus.SegmentationMessage.Profiles;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.ProfilesTurning;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Released;
import io.marquetry.bus.SegmentationMessage.Reset;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.bus.SegmentationMessage.TryCondition;
import io.marquetry.bus.SystemMessage.Done;

/** What is asked of segmentation, and what it publishes. */
interface SegmentationAddresses {
  /** By owner. */
  Ask<TryCondition, Tried> TRY_CONDITION =
      new Ask<>("segmentation.qry.try", TryCondition.class, Tried.class, SLOW);

  /** By owner. Applies events to profiles and segments; in the order of the log. */
  Ask<Apply, Applied> APPLY = new Ask<>("segmentation.cmd.apply", Apply.class, Applied.class, SLOW);

  /** By owner. */
  Ask<Release, Released> RELEASE =
      new Ask<>("segmentation.cmd.release", Release.class, Released.class, SLOW);

  /** By owner. */
  Ask<Adopt, Done> ADOPT = new Ask<>("segmentation.cmd.adopt", Adopt.class, Done.class, SLOW);

  /** By owner. */
  Ask<Reset, Done> RESET = new Ask<>("segmentation.cmd.reset", Reset.class, Done.class, SLOW);

  /** By owner. Answered when it is done; the last part, when the whole is stored. */
  Ask<Rebuild, Done> REBUILD =
      new Ask<>("segmentation.cmd.rebuild", Rebuild.class, Done.class, SLOW);

  /** By owner. */
  Ask<GetCheckpoint, Checkpoint> SEGMENTATION_CHECKPOINT =
      new Ask<>("segmentation.qry.checkpoint", GetCheckpoint.class, Checkpoint.class, FAST);

  /** By owner. */
  Ask<ListProfiles, Profiles> PROFILES =
      new Ask<>("segmentation.qry.profiles", ListProfiles.class, Profiles.class, SLOW);

  /** By owner. */
  Ask<GetSnapshots, Profiles> SNAPSHOTS =
      new Ask<>("segmentation.qry.snapshots", GetSnapshots.class, Profiles.class, FAST);

  /** By owner. */
  Ask<GetProfile, ProfileView> PROFILE =
      new Ask<>("segmentation.qry.profile", GetProfile.class, ProfileView.class, FAST);

  /** By owner. */
  Ask<GetFills, Fills> FILLS =
      new Ask<>("segmentation.qry.fills", GetFills.class, Fills.class, FAST);

  /** By owner. */
  Ask<BeginFill, Done> BEGIN_FILL =
      new Ask<>("segmentation.cmd.begin-fill", BeginFill.class, Done.class, SLOW);

  /** By owner. */
  Ask<Fill, Filled> FILL = new Ask<>("segmentation.cmd.fill", Fill.class, Filled.class, SLOW);

  /** By owner. */
  Ask<EndFill, Done> END_FILL =
      new Ask<>("segmentation.cmd.end-fill", EndFill.class, Done.class, SLOW);

  /** Served by one instance, which sees to it that the past is filled in. */
  Ask<GetBackfills, Backfills> BACKFILLS =
      new Ask<>("segmentation.qry.backfills", GetBackfills.class, Backfills.class, FAST);

  /** By owner. */
  Ask<GetMembers, Members> MEMBERS =
      new Ask<>("segmentation.qry.members", GetMembers.class, Members.class, FAST);

  Topic<ProfilesChanged> PROFILES_CHANGED =
      new Topic<>("segmentation.evt.changed", ProfilesChanged.class);

  /** Follows {@link #PROFILES_CHANGED} where both are told of a profile. */
  Topic<ProfilesTurning> PROFILES_TURNING =
      new Topic<>("segmentation.evt.turning", ProfilesTurning.class);
}
