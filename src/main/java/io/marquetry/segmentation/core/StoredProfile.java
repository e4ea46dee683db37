package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A profile as it comes from the store.
 *
 * @param mergedInto the profile this one went up in
 * @param position of the newest event in its state
 * @param due when time alone changes a membership, {@link Long#MAX_VALUE} for never
 * @param shownBy the plan that decisions were last told of it by, see {@link SegmentPlan#shownBy}
 * @param state empty where it was not asked for
 */
public record StoredProfile(
    Id128 profile,
    @Nullable Id128 mergedInto,
    long position,
    long due,
    long shownBy,
    Map<String, Object> state) {}
