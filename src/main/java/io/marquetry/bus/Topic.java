package io.marquetry.bus;

/**
 * An address at which facts are published to whoever listens.
 *
 * @param address {@code <owner>.evt.<name>}
 * @param type what is published
 */
public record Topic<M extends BusMessage>(String address, Class<M> type) {}
