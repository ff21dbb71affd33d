package org.espalier.lab.study.merkle;

import java.util.EnumMap;
import java.util.Map;
import org.espalier.lab.study.merkle.PrunedLenet.Arm;

/**
 * Means of the published runs on MNIST, computed from the authors' files of results: 5 runs, and 8 to 12 of random pruning.
 *
 * @param accuracy in %
 * @param pgd8 success of PGD at 8 / 255, clean errors included
 * @param pgd16 at 16 / 255
 * @param cw mean of the runs' median L2 distances of Carlini and Wagner
 * @param brendelBethge mean of the runs' median numbers of changed pixels; NaN where no run was attacked, for want of accuracy
 */
record Published(double accuracy, double pgd8, double pgd16, double cw, double brendelBethge) {
    private static final double NONE = Double.NaN;

    private static final Map<Arm, Published[]> MEANS = new EnumMap<>(Map.of(
            Arm.GLOBAL,
            new Published[] {
                new Published(98.91, 0.048, 0.183, 2.67, 7.6),
                new Published(99.06, 0.040, 0.173, 3.00, 8.0),
                new Published(99.04, 0.053, 0.231, 2.83, 7.4),
                new Published(98.90, 0.081, 0.385, 2.53, 6.2),
                new Published(98.68, 0.147, 0.572, 2.10, 4.6),
                new Published(98.17, 0.225, 0.718, 1.62, 3.4),
                new Published(94.62, 0.266, 0.673, 0.79, 3.2)
            },
            Arm.LAYER,
            new Published[] {
                new Published(98.94, 0.044, 0.156, 2.83, 8.0),
                new Published(99.10, 0.040, 0.155, 2.95, 7.8),
                new Published(99.03, 0.059, 0.267, 2.70, 6.2),
                new Published(98.90, 0.097, 0.438, 2.20, 4.6),
                new Published(97.77, 0.174, 0.605, 1.57, 3.6),
                new Published(94.92, 0.403, 0.756, 0.81, 7.2),
                new Published(55.77, 0.891, 0.968, 0.07, 19.1)
            },
            Arm.RANDOM,
            new Published[] {
                new Published(98.54, 0.059, 0.210, 2.62, 7.7),
                new Published(98.45, 0.070, 0.276, 2.47, 6.9),
                new Published(98.25, 0.079, 0.300, 2.38, 6.7),
                new Published(97.72, 0.132, 0.458, 1.87, 5.2),
                new Published(96.29, 0.195, 0.560, 1.43, 3.9),
                new Published(83.95, 0.480, 0.764, 0.62, 2.8),
                new Published(39.04, 0.739, 0.869, 0.15, 1.0)
            },
            Arm.FILTER,
            new Published[] {
                new Published(98.87, 0.045, 0.158, 2.84, 8.0),
                new Published(98.85, 0.068, 0.293, 2.62, 6.8),
                new Published(98.42, 0.184, 0.602, 2.29, 5.4),
                new Published(97.26, 0.340, 0.756, 1.71, 4.0),
                new Published(10.89, 0.886, 0.886, 0.00, NONE),
                new Published(11.35, 0.878, 0.878, 0.00, NONE),
                new Published(10.17, 0.900, 0.900, 0.00, NONE)
            }));

    /** The means of an arm's level, from 0 to 6. */
    static Published of(Arm arm, int level) {
        return MEANS.getOrDefault(arm, new Published[0])[level];
    }
}
