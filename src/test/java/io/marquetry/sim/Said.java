package io.marquetry.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** Has what the stages log noted in the trace of the run instead of being written out. */
final class Said extends AppenderBase<ILoggingEvent> {
  private final World world;
  private final Logger logger;
  private final boolean additive;
  private final Level level;

  private Said(World world) {
    this.world = world;
    logger = (Logger) LoggerFactory.getLogger("io.marquetry");
    additive = logger.isAdditive();
    level = logger.getEffectiveLevel();
    logger.setAdditive(false);
    logger.setLevel(Level.WARN);
    start();
    logger.addAppender(this);
  }

  static Said by(World world) {
    return new Said(world);
  }

  @Override
  protected void append(ILoggingEvent event) {
    world.note("logged: " + event.getFormattedMessage());
  }

  void close() {
    logger.detachAppender(this);
    logger.setAdditive(additive);
    logger.setLevel(level);
    stop();
  }
}
