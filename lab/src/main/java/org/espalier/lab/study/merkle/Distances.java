package org.espalier.lab.study.merkle;

import java.util.Arrays;
import java.util.List;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.distance.BrendelBethgeL0;
import org.espalier.attack.strong.distance.CarliniWagner;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;

/** Distances of the nearest adversarial examples, by the source's attacks with its settings but for the numbers of steps. */
final class Distances {
    private static final int SEARCHES = 9;
    private static final double RATE = 1;
    private static final double TRADE = 100;
    private static final double MOMENTUM = 0.8;
    private static final double OVERSHOOT = 1.1;
    private static final int BISECTIONS = 30;
    private static final int TRIES = 1000;

    private final Examples examples;
    private final int cwSteps;
    private final int brendelBethgeSteps;

    /**
     * Distances of some images.
     *
     * @param images attacked; those of other predicted classes are where the attack of Brendel and Bethge starts
     */
    Distances(Split images, int cwSteps, int brendelBethgeSteps) {
        examples = Examples.of(images, 0, images.size());
        this.cwSteps = cwSteps;
        this.brendelBethgeSteps = brendelBethgeSteps;
    }

    /**
     * The distance of each image: 0 where the network is wrong as it is, infinite where the attack fails.
     *
     * @param engine holds the network
     * @return (image)
     */
    double[] of(PrunedLenet.Distance kind, Engine engine, Stream stream) {
        Target target = new Target(engine);
        List<Attempt> attempts = switch (kind) {
            case CW ->
                new CarliniWagner(SEARCHES, cwSteps, RATE, TRADE, 0, true)
                        .run(target, examples, new ThreatModel(Norm.L2, 0), stream);
            case BRENDEL_BETHGE ->
                new BrendelBethgeL0(brendelBethgeSteps, MOMENTUM, OVERSHOOT, BISECTIONS, TRIES)
                        .run(target, examples, examples.clean(), stream);
        };
        return attempts.stream().mapToDouble(Attempt::distance).toArray();
    }

    /** The median, of an even number the mean of the middle two. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
