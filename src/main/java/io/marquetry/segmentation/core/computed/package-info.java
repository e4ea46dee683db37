/**
 * What is worked out of a visitor's deeds: what they lean to, what a price means to them, by which
 * road they come, whether they are about to buy.
 *
 * <p>Every attribute is a formula over a bounded number of <em>signals</em>, the latest ones of its
 * kind, each of which fades with a half-life. Nothing is summed up in advance: a value is worked
 * out when it is read, so it has decayed correctly without anybody having done anything, a late
 * event falls into its place in time, two histories of one person add up, and the signals that
 * weigh most are the explanation.
 */
@NullMarked
package io.marquetry.segmentation.core.computed;

import org.jspecify.annotations.NullMarked;
