package org.espalier.evaluate.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final int GRID = 120;

    /** Two inputs, so that a fine grid and the slope of the network between its points tell the answer. */
    @Property(tries = 60)
    void verdictsAgreeWithAFineGrid(
            @ForAll long seed,
            @ForAll boolean splitInputs,
            @ForAll @FloatRange(min = 0.01f, max = 0.6f) float epsilon) {
        agreesWithAFineGrid(seed, splitInputs, epsilon);
    }

    /** Networks whose only counterexamples lie inside the ball, where no attack on the way found them. */
    @Example
    void counterexamplesInsideTheBallAreFound() {
        agreesWithAFineGrid(2712, false, 0.28f);
        agreesWithAFineGrid(2856, false, 0.32f);
    }

    /** Leaves that climbing multipliers do not decide: their linear programmes do. */
    @Example
    void counterexamplesOfLeavesAreFound() {
        agreesWithAFineGrid(-31, false, 0.43f);
    }

    static void agreesWithAFineGrid(long seed, boolean splitInputs, float epsilon) {
        Stream stream = Stream.root(seed);
        List<Integer> hidden = stream.below(2, 0) == 0 ? List.of(6) : List.of(5, 4);
        Architecture shape = Architecture.of(2, hidden, 3, true);
        Weights weights = SmallNetworks.weights(shape, 2, stream);
        float[] image = SmallNetworks.image(2, stream.child("image"));
        int label = SmallNetworks.best(SmallNetworks.logits(weights, new double[] {image[0], image[1]}));
        Verifier verifier = new Verifier(SmallNetworks.engine(weights, Mask.dense(shape)));
        ThreatModel threat = new ThreatModel(Norm.LINF, epsilon);

        Verification found =
                verifier.verify(image, label, threat, new ExactSettings(4000, splitInputs ? 6 : 0), () -> false);

        double least = gridLead(weights, image, label, epsilon);
        double between = 2 * epsilon / GRID * slope(weights);
        if (found.decision() == Decision.VERIFIED) {
            assertThat(found.lower()).isPositive().isLessThanOrEqualTo(least + 1e-9);
        } else if (found.decision() == Decision.FALSIFIED) {
            assertThat(least).isLessThan(between);
            float[] other = found.counterexample().orElseThrow();
            assertThat(verifier.counterexamples().predict(other)).isNotEqualTo(label);
            assertThat(Counterexamples.within(image, other, epsilon)).isTrue();
        }
        if (least > between) {
            assertThat(found.decision()).as("grid says %s", least).isEqualTo(Decision.VERIFIED);
        } else if (least < -1e-4) {
            assertThat(found.decision()).as("grid says %s", least).isEqualTo(Decision.FALSIFIED);
        }
    }

    private static double gridLead(Weights weights, float[] image, int label, float epsilon) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i <= GRID; i++) {
            for (int j = 0; j <= GRID; j++) {
                double[] point = {at(image[0], epsilon, i), at(image[1], epsilon, j)};
                least = Math.min(least, SmallNetworks.lead(SmallNetworks.logits(weights, point), label));
            }
        }
        return least;
    }

    private static double at(float centre, float epsilon, int step) {
        return Math.clamp(centre + epsilon * (2.0 * step / GRID - 1), 0, 1);
    }

    /** An upper bound of how fast a margin changes per step in both inputs. */
    private static double slope(Weights weights) {
        double[] reach = new double[2];
        java.util.Arrays.fill(reach, 1);
        for (int layer = 0; layer < weights.architecture().layers(); layer++) {
            double[] next = new double[weights.architecture().outputs(layer)];
            for (int o = 0; o < next.length; o++) {
                for (int i = 0; i < reach.length; i++) {
                    next[o] += Math.abs(weights.matrix(layer)[o * reach.length + i]) * reach[i];
                }
            }
            reach = next;
        }
        java.util.Arrays.sort(reach);
        return reach[reach.length - 1] + reach[reach.length - 2];
    }

    @Test
    void anExactAnswerBeatsTheBoundsThatStartIt() {
        // |x - 0.5| >= 0 always, but the triangle over both halves says -0.05: logit 0 = |x - 0.5| + 0.01, logit 1 = 0.
        Architecture shape = new Architecture(List.of(1, 2, 2), true);
        Weights weights = new Weights(shape);
        weights.matrix(0)[0] = 1;
        weights.matrix(0)[1] = -1;
        weights.biases(0)[0] = -0.5f;
        weights.biases(0)[1] = 0.5f;
        weights.matrix(1)[2] = -1; // logit 1 = -h0 - h1 + 0.19
        weights.matrix(1)[3] = -1;
        weights.matrix(1)[0] = 1;
        weights.matrix(1)[1] = -1; // logit 0 = h0 - h1 + 0.2, so the margin is 2 h0 + 0.01
        weights.biases(1)[0] = 0.2f;
        weights.biases(1)[1] = 0.19f;
        Verifier verifier = new Verifier(SmallNetworks.engine(weights, Mask.dense(shape)));
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.4f);
        for (int splitInputs : new int[] {0, 6}) {
            Verification found =
                    verifier.verify(new float[] {0.5f}, 0, threat, new ExactSettings(100, splitInputs), () -> false);
            assertThat(found.decision()).isEqualTo(Decision.VERIFIED);
            assertThat(found.lower()).isBetween(1e-6, 0.0101);
        }
    }

    /** A network of ten inputs whose verification takes some nodes. */
    private static Verification run(Verifier verifier, float[] image, int label, int nodes) {
        return verifier.verify(
                image, label, new ThreatModel(Norm.LINF, 0.06f), ExactSettings.nodes(nodes), () -> false);
    }

    @Test
    void aLimitOfNodesGivesTheSameAnswerAgainAndMoreNodesNoWorseOne() {
        Architecture shape = Architecture.of(10, List.of(32, 32), 3, true);
        int harder = 0;
        for (int seed = 0; seed < 20; seed++) {
            Stream stream = Stream.root(seed);
            Weights weights = SmallNetworks.weights(shape, 1, stream);
            float[] image = SmallNetworks.image(10, stream.child("image"));
            double[] wide = new double[10];
            for (int i = 0; i < 10; i++) {
                wide[i] = image[i];
            }
            int label = SmallNetworks.best(SmallNetworks.logits(weights, wide));
            Verifier verifier = new Verifier(SmallNetworks.engine(weights, Mask.dense(shape)));
            Verification few = run(verifier, image, label, 1);
            Verification many = run(verifier, image, label, 3000);
            Verification again =
                    run(new Verifier(SmallNetworks.engine(weights, Mask.dense(shape))), image, label, 3000);
            assertThat(again.decision()).isEqualTo(many.decision());
            assertThat(again.nodes()).isEqualTo(many.nodes());
            assertThat(again.lower()).isEqualTo(many.lower());
            assertThat(many.decision()).isNotEqualTo(Decision.UNKNOWN);
            if (few.decision() != Decision.UNKNOWN) {
                assertThat(few.decision()).isEqualTo(many.decision());
            }
            harder += few.decision() == Decision.UNKNOWN && many.decision() == Decision.VERIFIED ? 1 : 0;
        }
        assertThat(harder).as("networks that need to be split").isPositive();
    }

    @Test
    void aWrongClassIsItsOwnCounterexample() {
        Architecture shape = Architecture.of(2, List.of(3), 2, false);
        Verifier verifier =
                new Verifier(SmallNetworks.engine(SmallNetworks.weights(shape, 1, Stream.root(5)), Mask.dense(shape)));
        float[] image = {0.3f, 0.8f};
        int wrong = 1 - verifier.counterexamples().predict(image);
        Verification found = run(verifier, image, wrong, 10);
        assertThat(found.decision()).isEqualTo(Decision.FALSIFIED);
        assertThat(found.counterexample().orElseThrow()).isEqualTo(image);
    }

    @Test
    void stoppingLeavesAnInputUnknown() {
        Architecture shape = Architecture.of(10, List.of(32, 32), 3, true);
        int unknown = 0;
        for (int seed = 0; seed < 20; seed++) {
            Stream stream = Stream.root(seed);
            Verifier verifier =
                    new Verifier(SmallNetworks.engine(SmallNetworks.weights(shape, 1, stream), Mask.dense(shape)));
            float[] image = SmallNetworks.image(10, stream.child("image"));
            Verification found = verifier.verify(
                    image,
                    verifier.counterexamples().predict(image),
                    new ThreatModel(Norm.LINF, 0.12f),
                    ExactSettings.nodes(100_000),
                    () -> true);
            unknown += found.decision() == Decision.UNKNOWN ? 1 : 0;
        }
        assertThat(unknown).isPositive();
    }

    @Test
    void refusesOtherNormsAndNoNodes() {
        Architecture shape = Architecture.of(2, List.of(3), 2, false);
        Verifier verifier =
                new Verifier(SmallNetworks.engine(SmallNetworks.weights(shape, 1, Stream.root(5)), Mask.dense(shape)));
        assertThatThrownBy(() -> verifier.verify(
                        new float[2], 0, new ThreatModel(Norm.L2, 1), ExactSettings.nodes(1), () -> false))
                .hasMessage("exact verification is for l-infinity, got l2 1.0");
        assertThatThrownBy(() -> ExactSettings.nodes(0)).hasMessage("exact verification needs at least 1 node, got 0");
    }
}
