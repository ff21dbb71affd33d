package org.espalier.lab.study.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.data.Split;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.lab.study.loop.Ranks;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class VoteTest {
    private static final Architecture NETWORK = new Architecture(List.of(4, 6, 3), true);
    private static final int[] LABELS = {0, 1, 2, 1, 0};
    private static final float EPSILON = 0.1f;

    private static Engine engine(int seed) {
        Engine engine = Engines.create(NETWORK);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(seed)), Mask.dense(NETWORK));
        return engine;
    }

    private static Split images() {
        byte[] pixels = new byte[4 * LABELS.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Stream.root(5).below(256, i);
        }
        return new Split("test", 4, pixels, LABELS);
    }

    private static Vote loaded(List<Engine> engines) {
        Vote vote = new Vote(engines);
        vote.load(images(), 0, LABELS.length);
        return vote;
    }

    @Test
    void aVoteIsTheMeanOfItsMembers() {
        Vote both = loaded(List.of(engine(1), engine(2)));
        Vote first = loaded(List.of(engine(1)));
        Vote second = loaded(List.of(engine(2)));
        both.forward();
        first.forward();
        second.forward();
        for (int e = 0; e < LABELS.length; e++) {
            assertThat(both.probability(e, LABELS[e]))
                    .isCloseTo((first.probability(e, LABELS[e]) + second.probability(e, LABELS[e])) / 2, within(1e-12));
            assertThat(both.predicted(0, e)).isEqualTo(first.predicted(0, e));
        }
        Vote twice = loaded(List.of(engine(1), engine(1)));
        twice.perturb(LABELS, 0, LABELS.length, EPSILON, 5, Stream.root(9));
        first.perturb(LABELS, 0, LABELS.length, EPSILON, 5, Stream.root(9));
        assertSame(twice.point(), first.point());
    }

    private static void assertSame(ActivationPanels a, ActivationPanels b) {
        for (int f = 0; f < 4; f++) {
            for (int e = 0; e < LABELS.length; e++) {
                assertThat(a.get(f, e)).isEqualTo(b.get(f, e));
            }
        }
    }

    @Test
    void theAttackStaysInTheBallAndLowersTheTrueClass() {
        Vote vote = loaded(List.of(engine(1), engine(2), engine(3)));
        vote.forward();
        double[] before = new double[LABELS.length];
        float[][] clean = new float[LABELS.length][4];
        for (int e = 0; e < LABELS.length; e++) {
            before[e] = vote.probability(e, LABELS[e]);
            for (int f = 0; f < 4; f++) {
                clean[e][f] = vote.point().get(f, e);
            }
        }
        vote.perturb(LABELS, 0, LABELS.length, EPSILON, 10, Stream.root(9));
        vote.forward();
        for (int e = 0; e < LABELS.length; e++) {
            assertThat(vote.probability(e, LABELS[e])).isLessThan(before[e]);
            for (int f = 0; f < 4; f++) {
                float moved = vote.point().get(f, e);
                assertThat(moved).isBetween(0f, 1f);
                assertThat(Math.abs(moved - clean[e][f])).isLessThanOrEqualTo(EPSILON + 1e-7f);
            }
        }
    }

    @Test
    void ranksAndDivergencesAreThoseOfTheTextbooks() {
        assertThat(Ranks.of(new double[] {3, 1, 3, 2})).containsExactly(3.5, 1, 3.5, 2);
        assertThat(Ranks.correlation(new double[] {1, 2, 3}, new double[] {10, 20, 30}))
                .isEqualTo(1);
        assertThat(Ranks.correlation(new double[] {1, 2, 3}, new double[] {3, 2, 1}))
                .isEqualTo(-1);
        assertThat(Ranks.text(Ranks.correlation(new double[] {1, 1}, new double[] {1, 2})))
                .isEqualTo("undefined");
        // KL of (1/4, 3/4) from (1/2, 1/2): log 2 - H(1/4).
        float log3 = (float) Math.log(3);
        assertThat(SelectionScore.divergence(new float[] {0, log3}, new float[] {7, 7}))
                .isCloseTo(0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), within(1e-6));
    }

    @Test
    void theAverageGradientIsThatOfTheMeanCrossEntropy() {
        Vote twice = loaded(List.of(engine(1), engine(1)));
        Vote once = loaded(List.of(engine(1)));
        twice.perturbAverage(LABELS, 0, LABELS.length, EPSILON, 5, Stream.root(9));
        once.perturb(LABELS, 0, LABELS.length, EPSILON, 5, Stream.root(9));
        assertSame(twice.point(), once.point());
        List<Engine> both = List.of(engine(1), engine(2));
        Vote pair = loaded(both);
        double before = meanLoss(both, pair.point());
        pair.perturbAverage(LABELS, 0, LABELS.length, EPSILON, 5, Stream.root(9));
        assertThat(meanLoss(both, pair.point())).isGreaterThan(before);
    }

    private static double meanLoss(List<Engine> engines, ActivationPanels point) {
        double sum = 0;
        for (Engine engine : engines) {
            Vote alone = loaded(List.of(engine));
            alone.point(point);
            alone.forward();
            for (int e = 0; e < LABELS.length; e++) {
                sum -= Math.log(alone.probability(e, LABELS[e]));
            }
        }
        return sum / engines.size();
    }
}
