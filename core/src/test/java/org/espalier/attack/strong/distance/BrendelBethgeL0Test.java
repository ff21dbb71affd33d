package org.espalier.attack.strong.distance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Cases;
import org.espalier.attack.strong.Examples;
import org.espalier.engine.Engine;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrendelBethgeL0Test {
    private static final Stream STREAM = Stream.root(5);
    private static final BrendelBethgeL0 ATTACK = new BrendelBethgeL0(100, 0.8, 1.1, 10, 200);

    private static List<Attempt> run(Engine engine, Examples examples, float[][] starts) {
        return ATTACK.run(Cases.target(engine), examples, starts, STREAM);
    }

    /** The fewest inputs of a linear network that change its class: those of the largest gains, for the best of the other classes. */
    private static double fewest(Weights weights, float[] x, int label) {
        double fewest = Double.POSITIVE_INFINITY;
        for (int other = 0; other < weights.architecture().classes(); other++) {
            if (other == label) {
                continue;
            }
            double lead = (double) weights.biases(0)[label] - weights.biases(0)[other];
            double[] gains = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                double w = (double) weights.matrix(0)[label * x.length + i] - weights.matrix(0)[other * x.length + i];
                lead += w * x[i];
                gains[i] = w > 0 ? w * x[i] : -w * (1 - x[i]);
            }
            Arrays.sort(gains);
            int count = 0;
            while (lead > 0 && count < x.length) {
                lead -= gains[x.length - 1 - count++];
            }
            fewest = lead > 0 ? fewest : Math.min(fewest, count);
        }
        return fewest;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 6})
    void theFewestInputsOfALinearNetworkAreFound(int classes) {
        Engine engine = Cases.engine(List.of(36, classes), true, 1, classes);
        Examples examples = Cases.examples(engine, 30, 4);
        List<Attempt> attempts =
                run(engine, examples, Cases.examples(engine, 50, 9).clean());
        int exact = 0;
        for (int e = 0; e < examples.size(); e++) {
            double fewest = fewest(engine.weights(), examples.clean()[e], examples.labels()[e]);
            double found = attempts.get(e).distance();
            assertThat(found)
                    .isGreaterThanOrEqualTo(fewest)
                    .isLessThanOrEqualTo(classes == 2 ? fewest : 2 * fewest + 2);
            exact += found == fewest ? 1 : 0;
        }
        // With more classes the search may follow the boundary to another one than the nearest.
        assertThat(exact).isGreaterThanOrEqualTo(classes == 2 ? 30 : 20);
    }

    @Test
    void everyPointLiesInTheBoxFoolsTheNetworkAndDiffersInAsManyInputsAsItSays() {
        Engine engine = Cases.engine(List.of(25, 12, 8, 4), true, 0.8, 3);
        Examples right = Cases.examples(engine, 40, 7);
        int[] labels = right.labels().clone();
        labels[3] = (labels[3] + 1) % 4; // wrong where it stands
        Examples examples = new Examples(right.clean(), labels, right.numbers());
        float[][] starts = Cases.examples(engine, 50, 9).clean();
        List<Attempt> attempts = run(engine, examples, starts);
        double sum = 0;
        for (int e = 0; e < examples.size(); e++) {
            Attempt attempt = attempts.get(e);
            int changed = 0;
            for (int i = 0; i < 25; i++) {
                assertThat(attempt.input()[i]).isBetween(0f, 1f);
                changed += attempt.input()[i] != examples.clean()[e][i] ? 1 : 0;
            }
            assertThat(attempt.success()).isTrue();
            assertThat(Cases.fooled(engine, attempt.input(), labels[e])).isTrue();
            assertThat(attempt.distance()).isEqualTo(changed);
            sum += changed;
        }
        assertThat(attempts.get(3).distance()).isZero();
        assertThat(sum / examples.size()).isLessThan(6); // a start differs in nearly all 25
    }

    @Test
    void anExamplesResultDependsOnItselfAlone() {
        Engine engine = Cases.engine(List.of(25, 6, 4), true, 0.7, 11);
        Examples all = Cases.examples(engine, 140, 1);
        float[][] starts = Cases.examples(engine, 20, 2).clean();
        List<Attempt> together = run(engine, all, starts);
        int[] some = {139, 3, 77};
        List<Attempt> alone = run(engine, all.pick(some), starts);
        for (int i = 0; i < some.length; i++) {
            assertThat(alone.get(i).input()).isEqualTo(together.get(some[i]).input());
            assertThat(alone.get(i).forwards()).isEqualTo(together.get(some[i]).forwards());
        }
    }

    @Test
    void withoutAnImageOfAnotherClassThereIsNoStart() {
        Engine engine = Cases.engine(List.of(25, 6, 4), true, 0.7, 11);
        Examples examples = Cases.examples(engine, 1, 1);
        Attempt attempt = run(engine, examples, examples.clean()).getFirst();
        assertThat(attempt.success()).isFalse();
        assertThat(attempt.distance()).isInfinite();
        assertThat(attempt.input()).isEqualTo(examples.clean()[0]);
    }
}
