package org.espalier.evaluate;

import org.espalier.attack.EarlyExitPgd;
import org.espalier.data.Split;
import org.espalier.random.Stream;

/** State of the per-example worst case for each example of a split. Made once and used for every measurement. */
final class WorstCase {
    private boolean[] wrong = new boolean[0]; // unattacked, (example)
    private double[] naturalLosses = new double[0]; // (example)
    private int[] right = new int[0]; // examples that are not broken yet
    private boolean[] broken = new boolean[0]; // (example)
    private double[] losses = new double[0]; // loss of each example's last point under the present attack

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

    /** Records an example's result without attack. */
    void natural(int example, boolean isWrong, double loss) {
        wrong[example] = isWrong;
        naturalLosses[example] = loss;
    }

    /** Whether an example is classified wrong without attack. */
    boolean wrong(int example) {
        return wrong[example];
    }

    /** An example's loss without attack. */
    double naturalLoss(int example) {
        return naturalLosses[example];
    }

    /** Attacks the examples that are right without attack, then sums over all examples in their order. */
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
