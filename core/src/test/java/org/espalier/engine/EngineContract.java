package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every engine must do, whatever its arithmetic: a test class for each engine extends this one. Expected values come
 * from plain loops in float64 and from finite differences of those.
 */
public abstract class EngineContract {
    private static final int EXAMPLES = 70;
    private static final int PANELS = 2;
    private static final Architecture SHAPE = new Architecture(List.of(9, 7, 5, 3), true);

    private static final Update ADAM = new Update.Adam(0.01f, 0.9f, 0.999f, 1e-7f, 0f, 0f);

    /** The engine under test, new. */
    protected abstract Engine create(Architecture architecture);

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.4, 0})
    void logitsAreThoseOfPlainLoops(double density) {
        Case example = new Case(density);
        example.engine.forward(example.buffers, 0, PANELS);
        for (int e = 0; e < EXAMPLES; e++) {
            double[] expected = logits(example.weights, example.image(e));
            for (int c = 0; c < expected.length; c++) {
                assertThat((double) example.buffers.logits().get(c, e)).isCloseTo(expected[c], within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.4})
    void inputGradientsAreFiniteDifferences(double density) {
        Case example = new Case(density);
        example.fillLogitGradient();
        example.engine.forward(example.buffers, 0, PANELS);
        float[][] gradient = example.inputGradient();
        for (int e : new int[] {0, 63, 64, EXAMPLES - 1}) {
            for (int i = 0; i < SHAPE.inputs(); i++) {
                double[] image = example.image(e);
                image[i] += 1e-6;
                double up = example.loss(logits(example.weights, image));
                image[i] -= 2e-6;
                double down = example.loss(logits(example.weights, image));
                assertThat((double) gradient[e][i]).isCloseTo((up - down) / 2e-6, within(1e-4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.4})
    void weightGradientsAreFiniteDifferencesSummedOverExamples(double density) {
        Case example = new Case(density);
        example.fillLogitGradient();
        example.engine.forward(example.buffers, 0, PANELS);
        example.engine.backward(example.buffers, 0, PANELS, Gradients.WEIGHTS);
        Weights gradient = example.engine.gradient();
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            for (int i = 0; i < gradient.matrix(layer).length; i++) {
                double expected = example.mask.keeps(layer, i) ? example.difference(layer, i, false) : 0;
                assertThat((double) gradient.matrix(layer)[i])
                        .as("layer %d weight %d", layer, i)
                        .isCloseTo(expected, within(2e-4));
            }
            for (int o = 0; o < gradient.biases(layer).length; o++) {
                assertThat((double) gradient.biases(layer)[o])
                        .as("layer %d bias %d", layer, o)
                        .isCloseTo(example.difference(layer, o, true), within(2e-4));
            }
        }
    }

    @Test
    void signedStepsFollowTheGradientAndStayInBallAndRange() {
        Case example = new Case(0.3);
        example.fillLogitGradient();
        example.engine.forward(example.buffers, 0, PANELS);
        float[][] gradient = example.inputGradient();
        ActivationPanels clean = new ActivationPanels(SHAPE.inputs(), 3 * ActivationPanels.LANES);
        ActivationPanels x = new ActivationPanels(SHAPE.inputs(), 4 * ActivationPanels.LANES);
        clean.copy(example.buffers.input(), 0, 1, PANELS);
        x.copy(example.buffers.input(), 0, 2, PANELS);
        int[] live = example.engine.liveInputs();
        assertThat(live).isNotEmpty().hasSizeLessThan(SHAPE.inputs()); // both kinds of input are tested
        for (int step = 1; step <= 2; step++) {
            example.engine.perturb(example.buffers, 0, PANELS, new StepRule.Sign(0.2f, 0.3f), clean, 1, x, 2);
            for (int e = 0; e < EXAMPLES; e++) {
                for (int i = 0; i < SHAPE.inputs(); i++) {
                    double image = example.buffers.input().get(i, e);
                    double moved = image + Math.min(0.2 * step, 0.3) * Math.signum(gradient[e][i]);
                    assertThat((double) x.get(i, 2 * ActivationPanels.LANES + e))
                            .isCloseTo(Math.clamp(moved, 0, 1), within(1e-6));
                }
            }
        }
        ActivationPanels narrow = new ActivationPanels(SHAPE.inputs() - 1, 1);
        assertThatThrownBy(() -> example.engine.perturb(
                        example.buffers, 0, 1, new StepRule.Sign(0.2f, 0.3f), narrow, 0, narrow, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        example.engine.perturb(example.buffers, 0, 2, new StepRule.Sign(0.2f, 0.3f), clean, 2, x, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void momentumFollowsItsFormulaAndKeepsPrunedWeightsAtZero() {
        Case example = new Case(0.4);
        example.fillLogitGradient();
        example.engine.forward(example.buffers, 0, PANELS);
        example.engine.backward(example.buffers, 0, PANELS, Gradients.WEIGHTS);
        Weights gradient = example.engine.gradient();
        example.engine.update(new Update.Momentum(0.01f, 0.9f, 0f, 0f));
        example.engine.update(new Update.Momentum(0.01f, 0.9f, 0f, 0f));
        Weights after = example.engine.weights();
        Weights velocity = example.engine.moment(0);
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            for (int i = 0; i < gradient.matrix(layer).length; i++) {
                if (example.mask.keeps(layer, i)) {
                    double g = gradient.matrix(layer)[i];
                    assertThat((double) velocity.matrix(layer)[i]).isCloseTo(-0.019 * g, within(1e-5));
                    assertThat((double) after.matrix(layer)[i])
                            .isCloseTo(example.weights.matrix(layer)[i] - 0.029 * g, within(1e-5));
                } else {
                    assertThat(after.matrix(layer)[i]).isZero();
                    assertThat(velocity.matrix(layer)[i]).isZero();
                }
            }
        }
    }

    @Test
    void momentsAreReadAsTheyWereLoadedAndClearedByLoad() {
        Case example = new Case(0.4);
        Weights first = InitialWeights.GLOROT_UNIFORM.draw(SHAPE, Stream.root(5));
        Weights second = InitialWeights.GLOROT_UNIFORM.draw(SHAPE, Stream.root(6));
        example.engine.loadMoments(first, second);
        first.apply(example.mask);
        second.apply(example.mask);
        assertThat(example.engine.moment(0)).isEqualTo(first);
        assertThat(example.engine.moment(1)).isEqualTo(second);
        example.engine.load(example.weights, example.mask);
        assertThat(example.engine.moment(0)).isEqualTo(new Weights(SHAPE));
        assertThat(example.engine.moment(1)).isEqualTo(new Weights(SHAPE));
    }

    @Test
    void weightsMaskAndLiveInputsAreThoseLoaded() {
        Case example = new Case(0.1);
        assertThat(example.engine.weights()).isEqualTo(example.weights);
        assertThat(example.engine.mask()).isEqualTo(example.mask);
        assertThat(example.engine.liveInputs()).isEqualTo(new LivePaths(example.mask).inputs(0));
        assertThat(example.engine.architecture()).isEqualTo(SHAPE);
    }

    @Test
    void otherShapesAndPanelsThatAreNotThereAreRefused() {
        Case example = new Case(1);
        Architecture other = new Architecture(List.of(9, 4, 3), true);
        assertThatThrownBy(() -> example.engine.load(new Weights(other), Mask.dense(other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9-7-5-3 with biases")
                .hasMessageContaining("9-4-3 with biases");
        ActivationBuffers foreign = create(other).newBuffers(1);
        assertThatThrownBy(() -> example.engine.forward(foreign, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> example.engine.backward(foreign, 0, 1, Gradients.WEIGHTS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> example.engine.forward(example.buffers, 1, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> example.engine.backward(example.buffers, -1, 1, Gradients.WEIGHTS))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.4, 0.15, 0})
    void gradientsOfPrunedWeightsAreFiniteDifferencesToo(double density) {
        Case example = new Case(density);
        example.fillLogitGradient();
        example.engine.forward(example.buffers, 0, PANELS);
        example.engine.backward(example.buffers, 0, PANELS, Gradients.WEIGHTS);
        Weights usual = example.engine.gradient();
        example.engine.backward(example.buffers, 0, PANELS, Gradients.ALL_WEIGHTS);
        Weights all = example.engine.gradient();
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            for (int i = 0; i < all.matrix(layer).length; i++) {
                assertThat((double) all.matrix(layer)[i])
                        .as("layer %d weight %d", layer, i)
                        .isCloseTo(example.difference(layer, i, false), within(2e-4));
                if (example.mask.keeps(layer, i)) {
                    assertThat(all.matrix(layer)[i]).isEqualTo(usual.matrix(layer)[i]);
                }
            }
            assertThat(all.biases(layer)).isEqualTo(usual.biases(layer));
        }
        example.engine.backward(example.buffers, 0, PANELS, Gradients.WEIGHTS);
        assertThat(example.engine.gradient()).isEqualTo(usual);
    }

    @Test
    void anUpdateAfterGradientsOfPrunedWeightsIsTheUsualOne() {
        Weights[] after = new Weights[2];
        for (int i = 0; i < 2; i++) {
            Case example = new Case(0.4);
            example.fillLogitGradient();
            example.engine.forward(example.buffers, 0, PANELS);
            example.engine.backward(example.buffers, 0, PANELS, i == 0 ? Gradients.WEIGHTS : Gradients.ALL_WEIGHTS);
            example.engine.update(ADAM);
            after[i] = example.engine.weights();
        }
        assertThat(after[1]).isEqualTo(after[0]);
    }

    @Test
    void weightsAndInputsTogetherAreThoseOfEach() {
        Case example = new Case(0.3);
        example.fillLogitGradient();
        example.engine.forward(example.buffers, 0, PANELS);
        float[][] inputs = example.inputGradient();
        assertThat(example.engine.liveInputs()).isNotEmpty().hasSizeLessThan(SHAPE.inputs());
        example.engine.backward(example.buffers, 0, PANELS, Gradients.WEIGHTS);
        Weights weights = example.engine.gradient();
        for (Gradients wanted : new Gradients[] {Gradients.INPUTS, Gradients.WEIGHTS_AND_INPUTS}) {
            example.engine.load(example.weights, example.mask);
            example.engine.forward(example.buffers, 0, PANELS);
            ActivationPanels gradient = example.buffers.inputGradient();
            for (int e = 0; e < EXAMPLES; e++) {
                for (int i = 0; i < SHAPE.inputs(); i++) {
                    gradient.set(i, e, 99);
                }
            }
            example.engine.backward(example.buffers, 0, PANELS, wanted);
            for (int e = 0; e < EXAMPLES; e++) {
                for (int i = 0; i < SHAPE.inputs(); i++) {
                    assertThat(gradient.get(i, e)).isEqualTo(inputs[e][i]);
                }
            }
            assertThat(example.engine.gradient()).isEqualTo(wanted.weights() ? weights : new Weights(SHAPE));
        }
    }

    @Test
    void aChangedMaskKeepsSurvivorsMomentsAndStartsRevivedWeightsAtZero() {
        Case example = new Case(0.5);
        example.fillLogitGradient();
        example.step();
        example.step();
        Weights weights = example.engine.weights();
        Weights[] moments = {example.engine.moment(0), example.engine.moment(1)};
        Mask next = new Case(0.5, 77).mask;
        assertThat(next.within(example.mask)).isFalse();
        assertThat(example.mask.within(next)).isFalse();

        example.engine.setMask(next);
        weights.apply(next);
        assertThat(example.engine.mask()).isEqualTo(next);
        assertThat(example.engine.liveInputs()).isEqualTo(new LivePaths(next).inputs(0));
        assertThat(example.engine.weights()).isEqualTo(weights);
        assertThat(example.engine.gradient()).isEqualTo(new Weights(SHAPE));
        for (int order = 0; order < 2; order++) {
            moments[order].apply(next);
            assertThat(example.engine.moment(order)).isEqualTo(moments[order]);
        }

        example.step();
        int revived = 0;
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            for (int i = 0; i < weights.matrix(layer).length; i++) {
                float value = example.engine.weights().matrix(layer)[i];
                if (!next.keeps(layer, i)) {
                    assertThat(value).isZero();
                } else if (!example.mask.keeps(layer, i) && value != 0) {
                    revived++;
                }
            }
        }
        assertThat(revived).isPositive();
    }

    @Test
    void aMaskOfAnotherShapeIsRefused() {
        Case example = new Case(1);
        Mask other = Mask.dense(new Architecture(List.of(9, 4, 3), true));
        assertThatThrownBy(() -> example.engine.setMask(other)).isInstanceOf(IllegalArgumentException.class);
        assertThat(example.engine.mask()).isEqualTo(example.mask);
    }

    /** An engine with weights, a mask and a batch. */
    protected final class Case {
        final Engine engine = create(SHAPE);
        final Mask mask;
        final Weights weights = InitialWeights.GLOROT_UNIFORM.draw(SHAPE, Stream.root(3));
        final ActivationBuffers buffers = engine.newBuffers(EXAMPLES);

        Case(double density) {
            this(density, 8);
        }

        Case(double density, int seed) {
            Stream stream = Stream.root(seed);
            BitSet[] kept = new BitSet[SHAPE.layers()];
            for (int layer = 0; layer < kept.length; layer++) {
                kept[layer] = new BitSet();
                for (int i = 0; i < weights.matrix(layer).length; i++) {
                    kept[layer].set(i, stream.child(layer).uniform(i) < density);
                }
                for (int o = 0; o < weights.biases(layer).length; o++) {
                    weights.biases(layer)[o] = stream.child("bias").child(layer).uniform(o) - 0.3f;
                }
            }
            mask = Mask.of(SHAPE, kept);
            weights.apply(mask);
            engine.load(weights, mask);
            for (int e = 0; e < EXAMPLES; e++) {
                for (int i = 0; i < SHAPE.inputs(); i++) {
                    buffers.input().set(i, e, stream.child("inputs").child(e).uniform(i));
                }
            }
        }

        /** The loss is this linear function of the logits, the same for every example. */
        void fillLogitGradient() {
            for (int e = 0; e < EXAMPLES; e++) {
                for (int c = 0; c < SHAPE.classes(); c++) {
                    buffers.logitGradient().set(c, e, slope(c));
                }
            }
        }

        /** One update of Adam. */
        void step() {
            engine.forward(buffers, 0, PANELS);
            engine.backward(buffers, 0, PANELS, Gradients.WEIGHTS);
            engine.update(ADAM);
        }

        private static float slope(int c) {
            return c - 0.75f;
        }

        double[] image(int e) {
            double[] image = new double[SHAPE.inputs()];
            for (int i = 0; i < image.length; i++) {
                image[i] = buffers.input().get(i, e);
            }
            return image;
        }

        double loss(double[] logits) {
            double loss = 0;
            for (int c = 0; c < logits.length; c++) {
                loss += slope(c) * logits[c];
            }
            return loss;
        }

        /** Central difference of the loss of all examples in one weight or bias; the step crosses no kink of a ReLU. */
        double difference(int layer, int at, boolean bias) {
            double step = 1e-7;
            double difference = 0;
            for (int e = 0; e < EXAMPLES; e++) {
                double[] image = image(e);
                difference += loss(logits(weights, image, layer, at, bias, step))
                        - loss(logits(weights, image, layer, at, bias, -step));
            }
            return difference / (2 * step);
        }

        float[][] inputGradient() {
            engine.backward(buffers, 0, PANELS, Gradients.INPUTS);
            float[][] all = new float[PANELS * ActivationPanels.LANES][SHAPE.inputs()];
            for (int e = 0; e < all.length; e++) {
                for (int i = 0; i < SHAPE.inputs(); i++) {
                    all[e][i] = buffers.inputGradient().get(i, e);
                }
            }
            return all;
        }
    }

    private static double[] logits(Weights weights, double[] image) {
        return logits(weights, image, 0, 0, false, 0);
    }

    /** Logits with {@code change} added to one weight or bias. */
    private static double[] logits(
            Weights weights, double[] image, int changedLayer, int at, boolean bias, double change) {
        double[] values = image;
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            double[] next = new double[SHAPE.outputs(layer)];
            for (int o = 0; o < next.length; o++) {
                boolean here = layer == changedLayer;
                next[o] = weights.biases(layer)[o] + (here && bias && at == o ? change : 0);
                for (int i = 0; i < values.length; i++) {
                    int position = o * values.length + i;
                    double weight = weights.matrix(layer)[position] + (here && !bias && at == position ? change : 0);
                    next[o] += weight * values[i];
                }
                next[o] = layer + 1 < SHAPE.layers() ? Math.max(next[o], 0) : next[o];
            }
            values = next;
        }
        return values;
    }
}
