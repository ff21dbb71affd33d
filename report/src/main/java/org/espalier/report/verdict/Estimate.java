package org.espalier.report.verdict;

import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.report.statistics.Interval;
import org.espalier.report.statistics.Sample;

/**
 * An accuracy on test images at one density.
 *
 * @param level 0 is the dense network
 * @param density share of weights remaining, 0 to 1
 * @param accuracy over trials, 0 to 1
 * @param overTrials Student's t interval of the mean over trials; empty for one trial, or for trials that are all equal
 * @param overImages of one trial alone, Wilson's interval: how exactly the images measure this one network
 * @param images how many test images were measured, if all trials measured as many
 */
public record Estimate(
        int level,
        double density,
        Sample accuracy,
        Optional<Interval> overTrials,
        Optional<Interval> overImages,
        OptionalInt images) {}
