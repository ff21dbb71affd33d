package org.espalier.evaluate.rules;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The result of a step on some inputs of an evaluation, numbered from 0.
 *
 * @param name the step's name
 * @param saw inputs that the step attacked
 * @param broken inputs of those that it broke, within the threat model
 * @param distances (input) distance of the adversarial input from the clean one; NaN where the step did not run; for
 *     minimum-norm attacks the least found, infinite where there was none
 * @param forwards forward passes, of all inputs together
 * @param backwards backward passes, of all inputs together
 * @param zeroGradients inputs whose first gradient was zero in every feature
 * @param excess largest distance of adversarial inputs outside ball and box
 * @param losses highest loss so far at the start and after each iteration, summed over the inputs that the step
 *     attacked, without tied ones; empty if the attack does not record it
 */
public record StepResult(
        String name,
        BitSet saw,
        BitSet broken,
        double[] distances,
        long forwards,
        long backwards,
        int zeroGradients,
        Rules.Excess excess,
        double[] losses) {
    /** Inputs classified right under this step: those that it did not break and those that it did not attack. */
    public Outcomes outcomes(int inputs) {
        BitSet right = new BitSet(inputs);
        right.set(0, inputs);
        right.andNot(broken);
        return new Outcomes(inputs, right);
    }

    /** The results of this batch and the next one together. */
    StepResult then(StepResult next, int inputs) {
        BitSet bothSaw = (BitSet) saw.clone();
        BitSet bothBroken = (BitSet) broken.clone();
        next.saw.stream().forEach(e -> bothSaw.set(inputs + e));
        next.broken.stream().forEach(e -> bothBroken.set(inputs + e));
        double[] all = Arrays.copyOf(distances, inputs + next.distances.length);
        System.arraycopy(next.distances, 0, all, inputs, next.distances.length);
        return new StepResult(
                name,
                bothSaw,
                bothBroken,
                all,
                forwards + next.forwards,
                backwards + next.backwards,
                zeroGradients + next.zeroGradients,
                new Rules.Excess(
                        name,
                        Math.max(excess.outsideBall(), next.excess.outsideBall()),
                        Math.max(excess.outsideBox(), next.excess.outsideBox())),
                sum(losses, saw.cardinality(), next.losses, next.saw.cardinality()));
    }

    /** Sum of two curves. The shorter one is extended by its last value. A curve without inputs is ignored. */
    static double[] sum(double[] first, int firstInputs, double[] second, int secondInputs) {
        if (firstInputs == 0 || first.length == 0) {
            return second;
        } else if (secondInputs == 0 || second.length == 0) {
            return first;
        }
        double[] sum = new double[Math.max(first.length, second.length)];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = first[Math.min(i, first.length - 1)] + second[Math.min(i, second.length - 1)];
        }
        return sum;
    }
}
