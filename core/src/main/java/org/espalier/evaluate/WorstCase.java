package org.espalier.evaluate;

import org.espalier.attack.EarlyExitPgd;
import org.espalier.data.Split;
import org.espalier.random.Stream;

/** What the per-example worst case needs to know of each example of a split; made once and used for every measurement. */
final class WorstCase {
    private boolean[] wrong = new boolean[0]; // unattacked, (example)
    private double[] naturalLosses = new double[0]; // (example)
    private int[] right = new int[0]; // examples left to attack
    private boolean[] broken = new boolean[0]; // (example)
    private double[] losses = new double[0]; // where the present attack left each example

    /** Makes room for a split. */
    void begin(Split split) {
        if (wrong.length < split.size()) {
            wrong = new boolean[split.size()];
            naturalLosses = new double[split.size()];
            right = new int[split.size()];
            broken = new boolean[split.size()];
            losses = new double[split.size()];
        }
    }

    /** Takes how an example fares unattacked. */
    void natural(int example, boolean isWrong, double loss) {
        wrong[example] = isWrong;
        naturalLosses[example] = loss;
    }

    /** Whether an example is classified wrong unattacked. */
    boolean wrong(int example) {
        return wrong[example];
    }

    /** An example's loss unattacked. */
    double naturalLoss(int example) {
        return naturalLosses[example];
    }

    /** Attacks the examples that are right unattacked, and adds up all, in their order. */
    void attack(EarlyExitPgd breaker, Split split, float smoothing, Stream noise, Evaluator.Sum sum) {
        int examples = split.size();
        System.arraycopy(wrong, 0, broken, 0, examples);
        System.arraycopy(naturalLosses, 0, losses, 0, examples);
        int count = 0;
        for (int e = 0; e < examples; e++) {
            if (!wrong[e]) {
                right[count++] = e;
            }
        }
        breaker.run(split, right, count, smoothing, noise, broken, losses);
        for (int e = 0; e < examples; e++) {
            sum.add(!broken[e], losses[e]);
        }
    }
}
