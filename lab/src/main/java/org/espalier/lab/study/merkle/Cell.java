package org.espalier.lab.study.merkle;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run measured of one network.
 *
 * @param kept weights
 * @param filters of convolutions that a weight feeds
 * @param accuracy share of all test images
 * @param success (radius) share of the attacked images that are wrong under PGD
 * @param cw median distance; NaN where it was not asked for
 * @param brendelBethge the same
 */
record Cell(int kept, int filters, double accuracy, double[] success, double cw, double brendelBethge) {
    /** The mean over runs. */
    static double mean(List<Cell> runs, ToDoubleFunction<Cell> value) {
        return runs.stream().mapToDouble(value).sum() / runs.size();
    }
}
