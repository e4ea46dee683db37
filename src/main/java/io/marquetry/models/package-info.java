/**
 * The component "models": asks models elsewhere by the Open Inference Protocol, serves the built-in
 * ones by it, and has these learn from the event log.
 *
 * <p>Owns {@code models.*} on the bus. One instance. Whatever a model does, a question is answered
 * within the time it names; what a model says is believed only as far as {@code ModelAnswer} goes.
 * Nothing is stored: after a start the built-in models learn the log anew.
 */
@NullMarked
package io.marquetry.models;

import org.jspecify.annotations.NullMarked;
