package io.marquetry.bus;

import io.marquetry.kit.Id128;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What models take and answer. */
public sealed interface ModelsMessage extends BusMessage {

  /** How asking a model came out. */
  enum Outcome {
    /** It answered, and the answer makes sense. */
    OK,
    /** It answered that it has nothing for this visitor, or has not learned anything yet. */
    EMPTY,
    /** No such model is defined, or it is switched off. */
    UNKNOWN,
    /** It gave no answer in the time there was. */
    LATE,
    /** It failed so often that it is not asked for a while. */
    OPEN,
    /** Too many calls wait for it. */
    OVERLOADED,
    /** No connection, or one that broke. */
    UNREACHABLE,
    /** It answered with an error. */
    REFUSED,
    /** Its answer is no JSON, or longer than any answer may be. */
    GARBAGE,
    /** Its answer lacks an output, or the outputs do not fit each other or the question. */
    MISSHAPEN,
    /** Its answer holds a score that is no finite number. */
    NOT_FINITE;

    /** The name used in JSON and in metrics. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where scores come from. */
  enum Source {
    /** From the model, just now. */
    LIVE,
    /** From an earlier answer to the same question, since there was no answer now. */
    CACHED,
    /** From nowhere: there are none. */
    NONE;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Asks a model for scores for one visitor.
   *
   * @param model its key
   * @param visitor only to tell which share of visitors they are in; null where nobody is known
   * @param features what is known of the visitor, by dotted path
   * @param candidates what is to be scored; empty to have the model name the items itself
   * @param k most items wanted
   * @param millis how long the asker waits
   */
  record Score(
      String model,
      String site,
      @Nullable Id128 visitor,
      Map<String, Object> features,
      List<String> candidates,
      int k,
      int millis)
      implements ModelsMessage {
    public Score {
      features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
      candidates = List.copyOf(candidates);
    }
  }

  /**
   * What a model said. Asking never fails for the sake of a model: without scores the outcome says
   * why.
   *
   * @param version of the model that answered; empty where none did
   * @param items best first, no item twice; all scores finite, confidence 0 to 1
   * @param outcome of asking now; with {@link Source#CACHED} items it says why they are not live
   */
  record Scored(
      String model,
      String version,
      List<ScoredItem> items,
      Source source,
      Outcome outcome,
      long micros)
      implements ModelsMessage {
    public Scored {
      items = List.copyOf(items);
    }

    /** No scores, and why. */
    public static Scored none(String model, Outcome why) {
      return new Scored(model, "", List.of(), Source.NONE, why, 0);
    }
  }

  /** One item with its score; only scores of the same answer can be compared. */
  record ScoredItem(String item, double score, double confidence) implements ModelsMessage {}

  /**
   * A question of the Open Inference Protocol to a built-in model.
   *
   * @param version empty for the newest
   * @param site whose model; empty where the asker does not say
   * @param body of the request
   */
  record Infer(String model, String version, String site, Map<String, Object> body)
      implements ModelsMessage {
    public Infer {
      body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }
  }

  /** Asks what a built-in model takes and gives. */
  record Describe(String model, String version, String site) implements ModelsMessage {}

  /** An answer of the Open Inference Protocol: its status and its body. */
  record Inferred(int status, Map<String, Object> body) implements ModelsMessage {
    public Inferred {
      body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }
  }

  /** Has the built-in models learn the whole log anew; answered when they have. */
  record Train() implements ModelsMessage {}

  /** Asks how the models do. */
  record GetModels() implements ModelsMessage {}

  /** How the models do; each is an object of plain values under its key. */
  record ModelStates(Map<String, Object> models) implements ModelsMessage {
    public ModelStates {
      models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    }
  }
}
