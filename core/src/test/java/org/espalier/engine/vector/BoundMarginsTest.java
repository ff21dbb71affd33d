package org.espalier.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engines;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.reference.ReferenceBoundMargins;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worst cases by bounds and their gradients: the float64 reference by finite differences, the engine by the reference. */
class BoundMarginsTest {
    private static final int EXAMPLES = 71; // one whole panel and a few lanes of the next

    @ParameterizedTest
    @CsvSource({
        "4-3, true, 0",
        "4-3, false, 1",
        "5-7-3, true, 0",
        "5-7-3, true, 1",
        "5-7-3, false, 0.4",
        "6-9-8-4, true, 0",
        "6-9-8-4, true, 0.3",
        "6-9-8-4, false, 1",
        "5-6-7-6-2, true, 0.5"
    })
    void theReferencesGradientIsThatOfFiniteDifferences(String widths, boolean biases, double share) {
        Architecture shape = shape(widths, biases);
        int bent = 0;
        for (int seed = 0; seed < 6; seed++) {
            Stream stream = Stream.root(100 + seed).child(widths);
            double[][] weights = new double[shape.layers()][];
            double[][] offsets = new double[shape.layers()][];
            for (int layer = 0; layer < shape.layers(); layer++) {
                weights[layer] =
                        draw(shape.weights(layer), 1.2, stream.child("weights").child(layer));
                offsets[layer] = draw(
                        biases ? shape.outputs(layer) : 0,
                        0.5,
                        stream.child("biases").child(layer));
            }
            double[] input = new double[shape.inputs()];
            for (int i = 0; i < input.length; i++) {
                input[i] = stream.child("input").uniform(i);
            }
            int label = stream.below(shape.classes(), 1);
            double[] direction = draw(shape.classes(), 1, stream.child("direction"));
            double[][] gradients = zeros(weights);
            double[][] offsetGradients = zeros(offsets);
            new ReferenceBoundMargins(shape, weights, offsets, input, 0.15, share, label)
                    .addGradient(direction, gradients, offsetGradients);
            for (int layer = 0; layer < shape.layers(); layer++) {
                for (double[][] of : List.of(weights, offsets)) {
                    double[] values = of[layer];
                    double[] computed = (of == weights ? gradients : offsetGradients)[layer];
                    for (int i = 0; i < values.length; i++) {
                        double centre = values[i];
                        double step = 1e-7;
                        values[i] = centre + step;
                        double above = value(shape, weights, offsets, input, share, label, direction);
                        values[i] = centre - step;
                        double below = value(shape, weights, offsets, input, share, label, direction);
                        values[i] = centre;
                        assertThat(computed[i])
                                .as("seed %d, layer %d, %d", seed, layer, i)
                                .isCloseTo((above - below) / (2 * step), within(1e-6));
                        bent += computed[i] != 0 ? 1 : 0;
                    }
                }
            }
        }
        assertThat(bent).isGreaterThan(20);
    }

    private static double value(
            Architecture shape,
            double[][] weights,
            double[][] offsets,
            double[] input,
            double share,
            int label,
            double[] direction) {
        double[] worst = new ReferenceBoundMargins(shape, weights, offsets, input, 0.15, share, label).worst();
        double sum = 0;
        for (int c = 0; c < worst.length; c++) {
            sum += direction[c] * worst[c];
        }
        return sum;
    }

    private static double[] draw(int count, double scale, Stream stream) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = scale * (2 * stream.uniform(i) - 1);
        }
        return values;
    }

    private static double[][] zeros(double[][] like) {
        return Arrays.stream(like).map(row -> new double[row.length]).toArray(double[][]::new);
    }

    private static Architecture shape(String widths, boolean biases) {
        return new Architecture(
                Arrays.stream(widths.split("-")).map(Integer::valueOf).toList(), biases);
    }

    @ParameterizedTest
    @CsvSource({
        "6-13-2, 1, true, 0.5",
        "13-3, 0.5, true, 0.5",
        "13-6-3, 0.5, false, 0",
        "207-31-17-10, 1, false, 0.5",
        "207-31-17-10, 0.2, true, 1",
        "64-80-5, 0.03, false, 0.5",
        "50-33-20-11-4, 0.6, true, 0.25",
        "784-30-20-10, 0.05, false, 0.5",
        "784-30-20-10, 0.05, false, 0",
        "9-7-3, 0, true, 0.5"
    })
    void theEngineAgreesWithTheReference(String widths, double density, boolean biases, float share) {
        Architecture shape = shape(widths, biases);
        Stream stream = Stream.root(12).child(widths);
        Mask mask = RandomCases.mask(shape, density, stream);
        Weights weights = RandomCases.weights(shape, stream);
        Result expected = run(new ReferenceEngine(shape), shape, weights, mask, stream, share);
        for (DenseOrSparsePolicy policy : RandomCases.POLICIES) {
            Result actual =
                    run(new VectorEngine(shape, KernelChoice.chosen(), policy), shape, weights, mask, stream, share);
            assertClose(actual.worst, expected.worst, 4e-6);
            for (int layer = 0; layer < shape.layers(); layer++) {
                // The slopes' gradients divide differences of float32 bounds by the bounds' distance.
                assertClose(actual.gradient.matrix(layer), expected.gradient.matrix(layer), share == 0 ? 4e-6 : 4e-5);
                assertClose(actual.gradient.biases(layer), expected.gradient.biases(layer), share == 0 ? 4e-6 : 4e-5);
                for (int i = 0; i < shape.weights(layer); i++) {
                    if (!mask.keeps(layer, i)) {
                        assertThat(actual.gradient.matrix(layer)[i]).isZero();
                    }
                }
            }
        }
    }

    @Test
    void aPassMayOutliveAMask() {
        for (boolean biases : new boolean[] {false, true}) {
            Architecture shape = shape("10-10-3", biases);
            Stream stream = Stream.root(4);
            Weights weights = RandomCases.weights(shape, stream);
            byte[][] kept = {Mask.dense(shape).bytes(0), Mask.dense(shape).bytes(1)};
            for (int o = 0; o < 3; o++) {
                kept[1][10 * o + 3] = 0; // nothing reads hidden unit 3 any more
            }
            Mask pruned = Mask.of(shape, kept);
            for (DenseOrSparsePolicy policy : RandomCases.POLICIES) {
                BoundEngine engine = new VectorEngine(shape, KernelChoice.chosen(), policy);
                BoundBuffers buffers = engine.newBoundBuffers(EXAMPLES, true);
                run(engine, buffers, shape, weights, Mask.dense(shape), stream, 0.5f);
                Result reused = run(engine, buffers, shape, weights, pruned, stream, 0.5f);
                Result fresh = run(engine, shape, weights, pruned, stream, 0.5f);
                assertThat(reused.gradient).isEqualTo(fresh.gradient);
                assertThat(reused.worst).isEqualTo(fresh.worst);
            }
        }
    }

    @Test
    void refusesWhatItCannotBound() {
        BoundEngine engine = BoundEngine.of(Engines.create(shape("4-3", false)));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        BoundEngine.of(Engines.create(shape("4-1", false))).newBoundBuffers(3, false))
                .withMessageContaining("at least 2 classes");
        BoundBuffers buffers = engine.newBoundBuffers(3, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.boundMargins(buffers, 0.1f, 0.5f, new int[3], 0, 3))
                .withMessageContaining("share of linear bounds");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BoundEngine.of(Engines.create(shape("5-3", false)))
                        .boundMargins(buffers, 0.1f, 0, new int[3], 0, 3))
                .withMessageContaining("buffers made for");
        org.assertj.core.api.Assertions.assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> engine.boundMargins(buffers, 0.1f, 0, new int[65], 0, 65));
    }

    private record Result(float[] worst, Weights gradient) {}

    private static Result run(
            BoundEngine engine, Architecture shape, Weights weights, Mask mask, Stream stream, float share) {
        return run(engine, engine.newBoundBuffers(EXAMPLES, share > 0), shape, weights, mask, stream, share);
    }

    /** The natural part's gradient and the worst case's together, with the same outer gradient for all engines. */
    private static Result run(
            BoundEngine engine,
            BoundBuffers buffers,
            Architecture shape,
            Weights weights,
            Mask mask,
            Stream stream,
            float share) {
        engine.load(weights, mask);
        ActivationPanels images = new ActivationPanels(shape.inputs(), EXAMPLES);
        RandomCases.inputs(images, EXAMPLES, stream);
        buffers.natural().input().copy(images, 0, 0, 2);
        int[] labels = RandomCases.labels(EXAMPLES, shape.classes(), stream);
        engine.forward(buffers.natural(), 0, 2);
        engine.boundMargins(buffers, 0.1f, share, labels, 0, EXAMPLES);
        float[] worst = new float[shape.classes() * EXAMPLES];
        for (int c = 0; c < shape.classes(); c++) {
            for (int e = 0; e < EXAMPLES; e++) {
                worst[c * EXAMPLES + e] = buffers.marginBounds().get(c, e);
                buffers.natural().logitGradient().set(c, e, labels[e] == c ? -0.75f : 0.25f + 0.001f * e);
                float others = (0.3f + 0.002f * e) / (shape.classes() - 1);
                buffers.marginBoundGradients().set(c, e, labels[e] == c ? -(0.3f + 0.002f * e) : others);
            }
        }
        engine.backward(buffers, true);
        return new Result(worst, engine.gradient());
    }

    private static void assertClose(float[] actual, float[] expected, double bound) {
        double largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("entry %d", i).isCloseTo(expected[i], within(bound * largest * 8));
        }
    }
}
