package io.marquetry.models;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ModelsMessage.Describe;
import io.marquetry.bus.ModelsMessage.Infer;
import io.marquetry.bus.ModelsMessage.Inferred;
import io.marquetry.bus.ModelsMessage.ModelStates;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.follow.CatalogueFollower;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.models.core.ItemProtocol;
import io.marquetry.models.core.ModelDefinition;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.StartupProblem;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Wires models to the bus: who asks, what is defined, what is learned from. */
public final class ModelsVerticle extends VerticleBase {
  private static final String NAME = "models";

  /** The built-in model of a site goes by this name also where nothing is defined. */
  private static final String BUILT_IN = "co-occurrence";

  private final ComponentContext component;
  private final ModelsConfig config;
  private Bus bus;
  private OipClient client;
  private ConsentFollower consent;
  private LogLearner learner;
  private ScoreDesk desk;

  /** Reads its settings; the rest waits for {@link #start}. */
  @SuppressWarnings("NullAway.Init") // what hangs on the Vertx is made in start
  public ModelsVerticle(ComponentContext component) {
    this.component = component;
    config = ModelsConfig.from(component);
    if (component.instances() != 1) {
      throw new StartupProblem("verticles.models: there is one instance of it");
    }
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    client = new OipClient(vertx, config.maxCalls(), config.maxAnswerBytes());
    consent = new ConsentFollower(bus, component.ticks(), NAME, component.instance(), this::settle);
    learner = new LogLearner(vertx, bus, consent, config);
    var figures = new ModelsFigures();
    desk =
        new ScoreDesk(vertx, client, config, component.ticks(), () -> learner.current(), figures);
    figures.show(desk);
    figures.show(learner);
    var catalogue = new CatalogueFollower(bus, NAME, component.instance(), this::define);
    return catalogue
        .start()
        .compose(ready -> consent.start())
        .compose(ready -> learner.start())
        .compose(ready -> serve());
  }

  @Override
  public Future<?> stop() {
    learner.stop();
    return bus.leave().eventually(() -> client.close());
  }

  private Future<Void> define(Catalogue catalogue) {
    consent.defaults(catalogue);
    desk.define(catalogue);
    return Future.succeededFuture();
  }

  /** What was counted names nobody; who they were is forgotten. */
  private Future<Void> settle(ConsentRecord record) {
    return learner.consented(record);
  }

  private Future<?> serve() {
    return Future.all(
        List.of(
            bus.serve(Addresses.SCORE, desk::score),
            bus.serve(Addresses.INFER, ask -> Future.succeededFuture(infer(ask))),
            bus.serve(Addresses.DESCRIBE_MODEL, ask -> Future.succeededFuture(describe(ask))),
            bus.serve(Addresses.MODELS, ask -> Future.succeededFuture(states())),
            bus.serve(Addresses.TRAIN_MODELS, ask -> learner.again().map(done -> states())),
            bus.serve(
                Addresses.ping(NAME).to(component.instance()),
                ping -> Future.succeededFuture(pong()))));
  }

  /** Ready while it still learns, which its lag tells of: nobody waits for a model. */
  private Pong pong() {
    return new Pong(NAME, component.instance(), "ready", learner.lag());
  }

  private ModelStates states() {
    var states = new LinkedHashMap<>(desk.view());
    states.put(BUILT_IN, learner.current().view());
    return new ModelStates(states);
  }

  private Inferred infer(Infer ask) {
    return builtIn(ask.model(), ask.site())
        ? ItemProtocol.infer(ask.model(), ask.site(), ask.version(), learner.versions(), ask.body())
        : ItemProtocol.error(404, "there is no model " + ask.model());
  }

  private Inferred describe(Describe ask) {
    return builtIn(ask.model(), ask.site())
        ? ItemProtocol.describe(ask.model(), ask.site(), ask.version(), learner.versions())
        : ItemProtocol.error(404, "there is no model " + ask.model());
  }

  /** Whether it is a built-in model of that site. */
  private boolean builtIn(String name, String site) {
    @Nullable ModelDefinition model = desk.model(name);
    return model == null ? name.equals(BUILT_IN) : model.url() == null && model.site().equals(site);
  }
}
