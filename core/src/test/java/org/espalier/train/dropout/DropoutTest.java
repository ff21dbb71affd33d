package org.espalier.train.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.data.BatchOrder;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Dropout;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.graph.GraphEngine;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.espalier.train.method.MethodCases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout of hidden units, and the objectives that have it. */
class DropoutTest {
    private static final int EXAMPLES = 70; // one whole panel and a few lanes of the next
    private static final double RATE = 0.4;
    private static final ObjectiveContext CLEAN = new ObjectiveContext(Optional.empty(), 1, 0);
    private static final Architecture DEEP = new Architecture(List.of(6, 9, 7, 3), true);
    private static final OptimizerSettings STILL = new OptimizerSettings.Momentum(1e-60, 0);
    private static final Split SPLIT = MethodCases.split(EXAMPLES);

    private static Dropout dropout(Architecture network) {
        Dropout made = new Dropout(
                RATE, network, MethodCases.LEVEL.child("attack noise").child("dropout"));
        made.examples(0, EXAMPLES);
        return made;
    }

    @Test
    void unitsAreDroppedAtTheRateAndOthersScaled() {
        Architecture wide = new Architecture(List.of(2, 1000, 2), false);
        Dropout dropout = new Dropout(0.2, wide, Stream.root(1));
        ActivationPanels panels = new ActivationPanels(1000, EXAMPLES);
        dropout.examples(3, EXAMPLES);
        int dropped = 0;
        for (int panel = 0; panel < 2; panel++) {
            for (int unit = 0; unit < 1000; unit++) {
                for (int lane = 0; lane < 64; lane++) {
                    panels.set(unit, 64 * panel + lane, 1);
                }
            }
            dropout.drop(panels, panel, 0);
        }
        for (int e = 0; e < 128; e++) {
            for (int unit = 0; unit < 1000; unit++) {
                float factor = panels.get(unit, e);
                assertThat((double) factor).isEqualTo((double) (float) dropout.factor(0, e, unit));
                if (e >= EXAMPLES) {
                    assertThat(factor).isOne();
                } else {
                    assertThat(factor == 0 || Math.abs(factor - 1.25) < 1e-4).isTrue();
                    dropped += factor == 0 ? 1 : 0;
                }
            }
        }
        assertThat(dropped / (1000.0 * EXAMPLES)).isCloseTo(0.2, within(0.006)); // four deviations
        dropout.examples(3 + 64, EXAMPLES - 64);
        for (int unit = 0; unit < 1000; unit++) {
            assertThat((float) dropout.factor(0, 0, unit)).isEqualTo(panels.get(unit, 64)); // by number, not by lane
        }
    }

    private static double[] logits(Weights weights, Dropout dropout, float[] image, int example) {
        double[] values = new double[image.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = image[i];
        }
        Architecture network = weights.architecture();
        for (int layer = 0; layer < network.layers(); layer++) {
            double[] out = new double[network.outputs(layer)];
            for (int o = 0; o < out.length; o++) {
                out[o] = weights.biases(layer)[o];
                for (int i = 0; i < values.length; i++) {
                    out[o] += (double) weights.matrix(layer)[o * values.length + i] * values[i];
                }
                if (layer + 1 < network.layers()) {
                    out[o] = Math.max(0, out[o]) * dropout.factor(layer, example, o);
                }
            }
            values = out;
        }
        return values;
    }

    private static double loss(Weights weights, boolean squares) {
        Dropout dropout = dropout(weights.architecture());
        int[] order = new BatchOrder(MethodCases.LEVEL, EXAMPLES, EXAMPLES).order(0);
        double sum = 0;
        for (int e = 0; e < EXAMPLES; e++) {
            float[] image = new float[6];
            for (int i = 0; i < 6; i++) {
                image[i] = (SPLIT.images()[6 * order[e] + i] & 0xFF) / 255f;
            }
            double[] logits = logits(weights, dropout, image, e);
            double all = 0;
            for (double logit : logits) {
                all += Math.exp(logit);
            }
            int label = SPLIT.labels()[order[e]];
            sum -= squares ? 0 : Math.log(Math.exp(logits[label]) / all);
            for (int c = 0; squares && c < logits.length; c++) {
                double p = 1 / (1 + Math.exp(-logits[c]));
                sum += 0.5 * (p - (c == label ? 1 : 0)) * (p - (c == label ? 1 : 0));
            }
        }
        return sum / EXAMPLES;
    }

    private static Weights start(Architecture network) {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(5));
        for (int layer = 0; layer < network.layers(); layer++) {
            for (int o = 0; o < weights.biases(layer).length; o++) {
                weights.biases(layer)[o] = Stream.root(6).child(layer).uniform(o) - 0.3f;
            }
        }
        return weights;
    }

    private static Weights gradient(Engine engine, Record method) {
        Objective objective = ObjectiveKind.of(method, CLEAN);
        new Trainer(engine, SPLIT, new TrainingSettings(objective, STILL, EXAMPLES, 0, 0, 0), MethodCases.LEVEL).step();
        return engine.gradient();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gradientsAreThoseOfFiniteDifferencesUnderTheSameDropout(boolean squares) {
        Record method = squares ? new SquaredError(RATE, SquaredError.Derivative.EXACT) : new UnitDropout(RATE);
        Engine engine = new ReferenceEngine(DEEP);
        engine.load(start(DEEP), Mask.dense(DEEP));
        Weights found = gradient(engine, method);
        Weights at = start(DEEP);
        double largest = 0;
        for (int layer = 0; layer < DEEP.layers(); layer++) {
            for (float[] values : new float[][] {at.matrix(layer), at.biases(layer)}) {
                float[] computed = values == at.matrix(layer) ? found.matrix(layer) : found.biases(layer);
                for (int i = 0; i < values.length; i++) {
                    float before = values[i];
                    float step = 0x1p-18f;
                    values[i] = before + step;
                    double above = values[i];
                    double up = loss(at, squares);
                    values[i] = before - step;
                    double slope = (up - loss(at, squares)) / (above - values[i]);
                    values[i] = before;
                    assertThat((double) computed[i]).isCloseTo(slope, within(1e-4));
                    largest = Math.max(largest, Math.abs(slope));
                }
            }
        }
        assertThat(largest).isGreaterThan(0.01);
    }

    private static Engine graphEngine(Architecture network, KernelMode mode) {
        return new GraphEngine(
                network,
                KernelChoice.chosen(),
                mode,
                mode == KernelMode.SPARSE ? DenseOrSparsePolicy.SPARSE : DenseOrSparsePolicy.DENSE);
    }

    @Test
    void bothEnginesAgreeWithTheReference() {
        Engine reference = new ReferenceEngine(DEEP);
        for (Engine engine : new Engine[] {
            Engines.create(DEEP, KernelMode.SPARSE),
            graphEngine(DEEP, KernelMode.DENSE),
            graphEngine(DEEP, KernelMode.SPARSE)
        }) {
            reference.load(start(DEEP), Mask.dense(DEEP));
            engine.load(start(DEEP), Mask.dense(DEEP));
            Weights expected = gradient(reference, new UnitDropout(RATE));
            Weights found = gradient(engine, new UnitDropout(RATE));
            for (int layer = 0; layer < DEEP.layers(); layer++) {
                assertThat(found.matrix(layer)).containsExactly(expected.matrix(layer), within(1e-5f));
                assertThat(found.biases(layer)).containsExactly(expected.biases(layer), within(1e-5f));
            }
        }
    }

    @Test
    void gradientsOfPrunedWeightsGoByTheSameDroppedUnits() {
        Mask half = Mask.of(DEEP, new byte[][] {keeps(0), keeps(1), keeps(2)});
        for (Engine engine :
                new Engine[] {Engines.create(DEEP, KernelMode.AUTO), graphEngine(DEEP, KernelMode.DENSE)}) {
            engine.load(start(DEEP), half);
            ActivationBuffers buffers = batch(engine, dropout(DEEP));
            engine.forward(buffers, 0, 2, Mode.TRAINING);
            losses(engine, buffers);
            engine.backward(buffers, 0, 2, Gradients.WEIGHTS);
            Weights survivors = engine.gradient();
            engine.backward(buffers, 0, 2, Gradients.ALL_WEIGHTS);
            Weights all = engine.gradient();
            int pruned = 0;
            for (int layer = 0; layer < DEEP.layers(); layer++) {
                for (int i = 0; i < DEEP.weights(layer); i++) {
                    if (half.keeps(layer, i)) {
                        assertThat(all.matrix(layer)[i]).isEqualTo(survivors.matrix(layer)[i]);
                    } else {
                        pruned += all.matrix(layer)[i] != 0 ? 1 : 0;
                    }
                }
            }
            assertThat(pruned).isGreaterThan(20);
        }
    }

    private static byte[] keeps(int layer) {
        byte[] keeps = new byte[DEEP.weights(layer)];
        for (int i = 0; i < keeps.length; i++) {
            keeps[i] = (byte) (Stream.root(3).child(layer).below(2, i));
        }
        return keeps;
    }

    private static ActivationBuffers batch(Engine engine, Dropout dropout) {
        ActivationBuffers buffers = engine.newBuffers(EXAMPLES);
        buffers.dropout(dropout);
        buffers.batch(0, 2, EXAMPLES);
        for (int e = 0; e < EXAMPLES; e++) {
            for (int i = 0; i < 6; i++) {
                buffers.input().set(i, e, (SPLIT.images()[6 * e + i] & 0xFF) / 255f);
            }
        }
        return buffers;
    }

    private static double losses(Engine engine, ActivationBuffers buffers) {
        BatchLoss loss = new BatchLoss(engine.ops(), buffers);
        double[] values = new double[EXAMPLES];
        loss.values(CrossEntropy.HARD, 0, 0, SPLIT.labels(), 0, EXAMPLES, values);
        loss.set(CrossEntropy.HARD, 0, 0, 2, SPLIT.labels(), 0, EXAMPLES, 1.0 / EXAMPLES, null);
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / EXAMPLES;
    }

    /** Behind a batch norm: the network's ReLU is not joined to its linear layer. */
    @Test
    void unitsBehindABatchNormAreDroppedToo() {
        Architecture network = new Architecture(new GraphBuilder(Shape.of(6, 1, 1))
                .linear("fc1", 8)
                .norm("norm1")
                .relu("relu1")
                .linear("fc2", 3)
                .build());
        Engine engine = graphEngine(network, KernelMode.DENSE);
        Weights start = InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(5));
        engine.load(start, Mask.dense(network));
        ActivationBuffers buffers = batch(engine, dropout(network));
        engine.forward(buffers, 0, 2, Mode.BATCH_STATISTICS);
        losses(engine, buffers);
        engine.backward(buffers, 0, 2, Gradients.WEIGHTS);
        Weights found = engine.gradient();
        double largest = 0;
        for (String name : new String[] {"fc1.weight", "norm1.weight", "norm1.bias", "fc2.weight"}) {
            float[] values = start.values(name);
            for (int i = 0; i < values.length; i++) {
                float before = values[i];
                double[] at = new double[2];
                for (int side = 0; side < 2; side++) {
                    values[i] = before + (side == 0 ? 0x1p-8f : -0x1p-8f);
                    engine.load(start, Mask.dense(network));
                    engine.forward(buffers, 0, 2, Mode.BATCH_STATISTICS);
                    at[side] = losses(engine, buffers);
                }
                values[i] = before;
                double slope = (at[0] - at[1]) * 0x1p7;
                assertThat((double) found.values(name)[i])
                        .as("%s at %d", name, i)
                        .isCloseTo(slope, within(5e-3));
                largest = Math.max(largest, Math.abs(slope));
            }
        }
        assertThat(largest).isGreaterThan(0.05);
    }

    @Test
    void evaluationDropsNothing() {
        for (Engine engine :
                new Engine[] {Engines.create(DEEP, KernelMode.AUTO), graphEngine(DEEP, KernelMode.DENSE)}) {
            engine.load(start(DEEP), Mask.dense(DEEP));
            ActivationBuffers with = batch(engine, dropout(DEEP));
            ActivationBuffers without = engine.newBuffers(EXAMPLES);
            without.input().copy(with.input(), 0, 0, 2);
            engine.forward(without, 0, 2, Mode.TRAINING);
            engine.forward(with, 0, 2, Mode.TRAINING);
            assertThat(with.logits().get(0, 0)).isNotEqualTo(without.logits().get(0, 0));
            engine.forward(with, 0, 2, Mode.EVALUATION);
            for (int e = 0; e < EXAMPLES; e++) {
                assertThat(with.logits().get(0, e)).isEqualTo(without.logits().get(0, e));
            }
        }
    }

    @Test
    void whatHasNoHiddenUnitsOrAnAttackIsRefused() {
        Architecture flat = new Architecture(List.of(6, 3), true);
        Engine engine = Engines.create(flat, KernelMode.AUTO);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> gradient(engine, new UnitDropout(0.5)))
                .withMessageContaining("method dropout drops hidden units of fully connected layers, found none in ")
                .withMessageContaining("expected a rate of 0");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ObjectiveKind.of(
                        new SquaredError(0, SquaredError.Derivative.EXACT),
                        MethodCases.context(new Fgsm(0.1, LabelChoice.TRUE), 0.5)))
                .withMessage("method squared-error has an attack, expected none");
    }
}
