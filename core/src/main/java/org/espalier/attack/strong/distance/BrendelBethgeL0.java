package org.espalier.attack.strong.distance;

import java.util.ArrayList;
import java.util.List;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.BatchedSearches;
import org.espalier.attack.strong.search.Settings;
import org.espalier.random.Stream;

/**
 * The L0 attack of Brendel, Rauber, Kümmerer, Ustyuzhaninov and Bethge, "Accurate, reliable and fast robustness evaluation" (2019),
 * as foolbox has it, without its trust region: minimises the number of changed inputs.
 *
 * <p>A search begins at an image of another predicted class. Bisection restores the inputs that differ most from the clean example
 * as long as the network is fooled. Each step linearises the lead d of the true class's logit over the best other one at x,
 * {@code d(x + s) = d(x) + b . s} with b a moving average of gradients, and goes to the point with the fewest inputs that differ from
 * the clean example at which {@code b . s = -overshoot d} where the network is right, and {@code -(2 - overshoot) d} where it is
 * fooled. Without a trust region that point is exact: all inputs return, and those of the largest gain {@code |b_i| room_i} leave
 * again until the equation holds. The authors limit the length of s and solve the dual problem.
 *
 * <p>Threat models have no L0 norm, because a number of inputs is no radius of a ball; suites therefore do not name this attack.
 *
 * @param steps at least 1; the authors' 1,000
 * @param momentum weight of earlier gradients, in [0, 1]; the authors' 0.8
 * @param overshoot in [1, 2]; the authors' 1.1
 * @param bisections between clean example and start, at least 0; the authors' 10
 * @param tries start images to look at, at least 1
 */
public record BrendelBethgeL0(int steps, double momentum, double overshoot, int bisections, int tries) {
    public BrendelBethgeL0 {
        Settings.atLeast("steps", steps, 1);
        Settings.within("momentum", momentum, 0, 1);
        Settings.within("overshoot", overshoot, 1, 2);
        Settings.atLeast("bisections", bisections, 0);
        Settings.atLeast("tries", tries, 1);
    }

    /**
     * Attacks each example.
     *
     * @param target the network, with its own engine: not used by another thread meanwhile
     * @param starts images to start from, [image][input], each in [0, 1], at least one; drawn with replacement until one is not given
     *     the example's class
     * @param stream each example draws from the child of its number
     * @return one attempt per example, in order; the distance is the number of inputs that differ, infinite where no start was found
     */
    public List<Attempt> run(Target target, Examples examples, float[][] starts, Stream stream) {
        int[] live = target.live();
        float[][] rows = new float[starts.length][live.length];
        for (int image = 0; image < starts.length; image++) {
            for (int row = 0; row < live.length; row++) {
                rows[image][row] = starts[image][live[row]];
            }
        }
        List<Attempt> found = BatchedSearches.run(
                target,
                examples,
                new ThreatModel(Norm.L1, 0),
                true,
                (example, clean) -> new BrendelBethgeL0Search(
                        this,
                        rows,
                        stream.child(examples.numbers()[example]),
                        clean,
                        examples.labels()[example],
                        target.classes()));
        List<Attempt> counted = new ArrayList<>();
        for (int e = 0; e < found.size(); e++) {
            Attempt attempt = found.get(e);
            counted.add(new Attempt(
                    attempt.input(),
                    attempt.success(),
                    attempt.success() ? changed(examples.clean()[e], attempt.input()) : Double.POSITIVE_INFINITY,
                    attempt.loss(),
                    attempt.forwards(),
                    attempt.backwards(),
                    attempt.zeroGradient(),
                    attempt.losses()));
        }
        return counted;
    }

    /** Number of places where two inputs differ. */
    static int changed(float[] a, float[] b) {
        int count = 0;
        for (int i = 0; i < a.length; i++) {
            count += a[i] != b[i] ? 1 : 0;
        }
        return count;
    }
}
