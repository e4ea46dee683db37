package io.marquetry.decisioning.core;

import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On what a page is decided, and why not on more.
 *
 * @param why stands first among the reasons of every choice; null where nothing was left out
 */
public record Basis(Mode mode, @Nullable Reason why) {
  /** On the visitor's profile. */
  public static final Basis PROFILE = new Basis(Mode.PERSONALIZED, null);

  /** On nothing: the visitor is in the control group. */
  public static final Basis HELD_OUT =
      new Basis(
          Mode.HOLDOUT,
          new Reason("holdout", Holdout.KEY, "the visitor is in the unpersonalized control group"));

  /** On the request, because no more is allowed. */
  public static final Basis NO_CONSENT =
      request("consent", "personalization", "there is no consent to personalization");

  /** On the request, because what is allowed is not known for certain now. */
  public static final Basis CONSENT_UNCERTAIN =
      request("consent", "personalization", "what the visitor consented to is not certain now");

  /** On the request, because profiles are still coming in after a start. */
  public static final Basis LOADING =
      request("error", "profile", "the visitor's profile is still loading");

  /** On the request, because the visitor's profile had to leave memory. */
  public static final Basis NOT_HELD =
      request("error", "profile", "the visitor's profile is not in memory now");

  /** All that rest on the request alone. */
  static final List<Basis> CONTEXTUAL = List.of(NO_CONSENT, CONSENT_UNCERTAIN, LOADING, NOT_HELD);

  private static Basis request(String kind, String key, String cause) {
    return new Basis(
        Mode.CONTEXTUAL, new Reason(kind, key, "decided by the request alone: " + cause));
  }
}
