package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;

import io.marquetry.bus.ModelsMessage.Describe;
import io.marquetry.bus.ModelsMessage.GetModels;
import io.marquetry.bus.ModelsMessage.Infer;
import io.marquetry.bus.ModelsMessage.Inferred;
import io.marquetry.bus.ModelsMessage.ModelStates;
import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.Train;
import java.time.Duration;

/** What is asked of models, and what it publishes. */
interface ModelsAddresses {
  /** Answered within the time the question names, whatever the model does. */
  Ask<Score, Scored> SCORE = new Ask<>("models.qry.score", Score.class, Scored.class, FAST);

  Ask<Infer, Inferred> INFER = new Ask<>("models.qry.infer", Infer.class, Inferred.class, FAST);

  Ask<Describe, Inferred> DESCRIBE_MODEL =
      new Ask<>("models.qry.describe", Describe.class, Inferred.class, FAST);

  Ask<GetModels, ModelStates> MODELS =
      new Ask<>("models.qry.states", GetModels.class, ModelStates.class, FAST);

  Ask<Train, ModelStates> TRAIN_MODELS =
      new Ask<>("models.cmd.train", Train.class, ModelStates.class, Duration.ofMinutes(5));
}
