package org.espalier.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossTest {
    private static final int CLASSES = 4;
    private static final float[] LOGITS = {0.5f, -1.25f, 2f, 0.75f};
    private static final float[] REFERENCE = {1f, 0.5f, -0.5f, 0.25f};

    static Stream<Loss> losses() {
        return Stream.of(
                CrossEntropy.HARD,
                new CrossEntropy(0.2f),
                new KullbackLeibler(false),
                new KullbackLeibler(true),
                new Mart(5, 0),
                new Mart(2, 0.1f),
                new SquaredError(0, false),
                new SquaredError(0.1f, false),
                new Margin(0.5));
    }

    private static double value(Loss loss, float[] logits, float[] reference) {
        return loss.at(logits, 3, reference, new double[CLASSES], new double[CLASSES]);
    }

    @Test
    void theSquaredErrorsPublishedDerivativeAppliesTheSigmoidTwice() {
        double[] gradient = new double[2];
        // The sigmoid of 0 is 0.5, and that of 0.5 is 0.622459.
        double loss = new SquaredError(0, true).at(new float[] {0, 0}, 1, new float[] {0, 0}, gradient, new double[2]);
        assertThat(loss).isCloseTo(0.25, within(1e-12));
        assertThat(gradient).containsExactly(new double[] {0.117502, -0.117502}, within(1e-6));
        new SquaredError(0, false).at(new float[] {0, 0}, 1, new float[] {0, 0}, gradient, new double[2]);
        assertThat(gradient).containsExactly(new double[] {0.125, -0.125}, within(1e-12));
        // A saturated wrong output learns by the published derivative only.
        new SquaredError(0, true).at(new float[] {40, 0}, 1, new float[] {0, 0}, gradient, new double[2]);
        assertThat(gradient[0]).isCloseTo(0.196612, within(1e-6));
        new SquaredError(0, false).at(new float[] {40, 0}, 1, new float[] {0, 0}, gradient, new double[2]);
        assertThat(gradient[0]).isCloseTo(0, within(1e-12));
    }

    @Test
    void aSquaredErrorIsNotFiniteWhereALogitIsNot() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThat(new SquaredError(0, false)
                            .at(new float[] {bad, 0}, 0, new float[] {0, 0}, new double[2], new double[2]))
                    .isNaN();
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradientsAreThoseOfFiniteDifferences(Loss loss) {
        double[] gradient = new double[CLASSES];
        double[] byReference = new double[CLASSES];
        loss.at(LOGITS, 3, REFERENCE, gradient, byReference);
        boolean constant = loss instanceof KullbackLeibler(boolean constantReference) && constantReference;
        for (int c = 0; c < CLASSES; c++) {
            float step = 0x1p-8f;
            float[] up = LOGITS.clone();
            float[] down = LOGITS.clone();
            up[c] += step;
            down[c] -= step;
            double slope = (value(loss, up, REFERENCE) - value(loss, down, REFERENCE)) / (2 * step);
            assertThat(gradient[c]).isCloseTo(slope, within(1e-5));
            float[] upReference = REFERENCE.clone();
            float[] downReference = REFERENCE.clone();
            upReference[c] += step;
            downReference[c] -= step;
            double referenceSlope =
                    (value(loss, LOGITS, upReference) - value(loss, LOGITS, downReference)) / (2 * step);
            assertThat(byReference[c]).isCloseTo(constant ? 0 : referenceSlope, within(1e-5));
        }
    }

    /** p = (0.7, 0.2, 0.1), p' = (0.4, 0.4, 0.2), true class 0. */
    @Test
    void tradesAndMartHaveTheirPublishedFormulasValues() {
        float[] clean = {(float) Math.log(0.7), (float) Math.log(0.2), (float) Math.log(0.1)};
        float[] attacked = {(float) Math.log(0.4), (float) Math.log(0.4), (float) Math.log(0.2)};
        double divergence = new KullbackLeibler(false).at(attacked, 0, clean, new double[3], new double[3]);
        double natural = CrossEntropy.HARD.at(clean, 0, clean, new double[3], new double[3]);
        assertThat(divergence).isCloseTo(0.183787, within(1e-6));
        assertThat(natural + divergence).isCloseTo(0.540462, within(1e-6));
        assertThat(natural + 6 * divergence).isCloseTo(1.459396, within(1e-6));
        double[] gradient = new double[3];
        double[] byReference = new double[3];
        assertThat(new Mart(0, 0).at(attacked, 0, clean, gradient, byReference)).isCloseTo(1.426950, within(1e-6));
        assertThat(new Mart(1, 0).at(attacked, 0, clean, gradient, byReference))
                .isCloseTo(1.426950 + 0.0551361, within(1e-6));
        assertThat(new Mart(5, 0).at(attacked, 0, clean, gradient, byReference)).isCloseTo(1.702630, within(1e-6));
    }

    @Test
    void theDivergenceHasNoGradientWhereNothingMoved() {
        double[] gradient = new double[CLASSES];
        double[] byReference = new double[CLASSES];
        assertThat(new KullbackLeibler(false).at(LOGITS, 3, LOGITS, gradient, byReference))
                .isZero();
        assertThat(gradient).containsOnly(0);
        assertThat(byReference).containsOnly(0);
    }

    @Test
    void valuesAreThoseOfTheirDefinitions() {
        float[] even = {0, 0, 0, 0};
        assertThat(value(CrossEntropy.HARD, even, even)).isCloseTo(Math.log(4), within(1e-12));
        assertThat(value(new KullbackLeibler(false), LOGITS, LOGITS)).isCloseTo(0, within(1e-12));
        float[] half = {(float) Math.log(3), 0, -100, -100}; // 3/4, 1/4
        float[] other = {0, 0, -100, -100};
        assertThat(value(new KullbackLeibler(false), other, half))
                .isCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), within(1e-6));
        assertThat(value(new Margin(0), LOGITS, LOGITS)).isEqualTo(1.25);
        assertThat(value(new Margin(0), new float[] {0, 0, 0, 1}, LOGITS)).isZero();
    }

    @Test
    void batchesWeighExamplesAndKeepPaddingAtZero() {
        Engine engine = Engines.create(new Architecture(List.of(2, CLASSES), false));
        ActivationBuffers buffers = engine.newBuffers(2 * ActivationPanels.LANES);
        int examples = 3;
        int[] labels = {3, 0, 2};
        for (int e = 0; e < examples; e++) {
            for (int c = 0; c < CLASSES; c++) {
                buffers.logits().set(c, e, LOGITS[(c + e) % CLASSES]);
            }
        }
        BatchLoss batch = new BatchLoss(engine.ops(), buffers);
        Loss loss = new CrossEntropy(0.1f);
        assertThat(batch.set(loss, 0, 0, 1, labels, 0, examples, 0.5, null)).isTrue();
        float[] whole = gradient(buffers, examples);
        assertThat(batch.set(loss, 0, 0, 1, labels, 0, examples, 0.5, new float[] {1, 1, 1}))
                .isTrue();
        assertThat(gradient(buffers, examples)).containsExactly(whole, within(1e-6f));
        batch.set(loss, 0, 0, 1, labels, 0, examples, 0.5, new float[] {0, 2, 1});
        float[] weighted = gradient(buffers, examples);
        for (int c = 0; c < CLASSES; c++) {
            assertThat(weighted[c]).isZero();
            assertThat(weighted[CLASSES + c]).isCloseTo(2 * whole[CLASSES + c], within(1e-6f));
            assertThat(buffers.logitGradient().get(c, examples)).isZero();
        }
        double[] values = new double[examples];
        batch.values(loss, 0, 0, labels, 0, examples, values);
        assertThat(values[0]).isCloseTo(value(loss, LOGITS, LOGITS), within(1e-6));
    }

    @Test
    void theGradientByTheReferenceIsAddedToItsPanels() {
        Engine engine = Engines.create(new Architecture(List.of(2, CLASSES), false));
        ActivationBuffers buffers = engine.newBuffers(2 * ActivationPanels.LANES);
        for (int c = 0; c < CLASSES; c++) {
            buffers.logits().set(c, 0, REFERENCE[c]);
            buffers.logits().set(c, ActivationPanels.LANES, LOGITS[c]);
            buffers.logitGradient().set(c, 0, 1);
        }
        BatchLoss batch = new BatchLoss(engine.ops(), buffers);
        batch.clear(1, 1);
        batch.add(new KullbackLeibler(false), 1, 0, new int[] {3}, 0, 1, 2, null, true);
        double[] gradient = new double[CLASSES];
        double[] byReference = new double[CLASSES];
        new KullbackLeibler(false).at(LOGITS, 3, REFERENCE, gradient, byReference);
        for (int c = 0; c < CLASSES; c++) {
            assertThat(buffers.logitGradient().get(c, ActivationPanels.LANES))
                    .isCloseTo((float) (2 * gradient[c]), within(1e-6f));
            assertThat(buffers.logitGradient().get(c, 0)).isCloseTo((float) (1 + 2 * byReference[c]), within(1e-6f));
        }
    }

    private static float[] gradient(ActivationBuffers buffers, int examples) {
        float[] all = new float[examples * CLASSES];
        for (int i = 0; i < all.length; i++) {
            all[i] = buffers.logitGradient().get(i % CLASSES, i / CLASSES);
        }
        return all;
    }
}
