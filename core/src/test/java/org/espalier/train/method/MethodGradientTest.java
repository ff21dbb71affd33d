package org.espalier.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import java.util.Optional;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.NoisyInputs;
import org.espalier.attack.Pgd;
import org.espalier.data.BatchOrder;
import org.espalier.data.Split;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.ops.PanelOps;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.junit.jupiter.api.Test;

/**
 * Gradients against finite differences of each method's formula, written down anew in double. Attacks have no steps, so that
 * adversarial examples are noise that does not depend on the weights.
 */
class MethodGradientTest {
    private static final int EXAMPLES = 40;
    private static final int[] ALL = {0, 1, 2, 3, 4, 5};
    private static final Pgd NOISE = new Pgd(0.2, 0.05, 0, true, 1, KeptIterate.LAST, LabelChoice.TRUE);

    /** A learning rate that rounds to 0 in float32. */
    private static final OptimizerSettings STILL = new OptimizerSettings.Momentum(1e-60, 0);

    private final Split split = MethodCases.split(EXAMPLES);
    private final Engine engine = MethodCases.loaded(new ReferenceEngine(MethodCases.NETWORK));

    /** Mean loss of clean and adversarial probabilities over a batch. */
    private interface Formula {
        double at(double[] clean, double[] attacked, int label);
    }

    private Trainer trainer(Record method) {
        Objective objective = ObjectiveKind.of(method, new ObjectiveContext(Optional.of(NOISE), 0.25, 0));
        return new Trainer(engine, split, new TrainingSettings(objective, STILL, EXAMPLES, 0, 0, 0), MethodCases.LEVEL);
    }

    private ActivationPanels images() {
        BatchOrder order = new BatchOrder(MethodCases.LEVEL, EXAMPLES, EXAMPLES);
        ActivationPanels panels = new ActivationPanels(6, EXAMPLES);
        PanelOps.CHOSEN.loadImages(split.images(), order.order(0), 0, EXAMPLES, panels, 0);
        return panels;
    }

    private int label(int example) {
        return split.labels()[new BatchOrder(MethodCases.LEVEL, EXAMPLES, EXAMPLES).order(0)[example]];
    }

    private ActivationPanels noisy(boolean gaussian, double size) {
        Stream noise = MethodCases.LEVEL.child("attack noise");
        ActivationPanels panels = new ActivationPanels(6, EXAMPLES);
        if (gaussian) {
            NoisyInputs.add(images(), 0, panels, 0, EXAMPLES, ALL, noise, 0, size);
        } else {
            PanelOps.CHOSEN.uniformNoise(noise, 0, images(), 0, panels, 0, 1, ALL, (float) size);
        }
        return panels;
    }

    private static double[] probabilities(Weights weights, ActivationPanels inputs, int example) {
        double[] values = new double[6];
        for (int i = 0; i < 6; i++) {
            values[i] = inputs.get(i, example);
        }
        for (int layer = 0; layer < MethodCases.NETWORK.layers(); layer++) {
            double[] out = new double[MethodCases.NETWORK.outputs(layer)];
            for (int o = 0; o < out.length; o++) {
                out[o] = weights.biases(layer)[o];
                for (int i = 0; i < values.length; i++) {
                    out[o] += (double) weights.matrix(layer)[o * values.length + i] * values[i];
                }
                out[o] = layer == 0 ? Math.max(0, out[o]) : out[o];
            }
            values = out;
        }
        double sum = 0;
        for (double logit : values) {
            sum += Math.exp(logit);
        }
        for (int c = 0; c < values.length; c++) {
            values[c] = Math.exp(values[c]) / sum;
        }
        return values;
    }

    private double value(Weights weights, ActivationPanels clean, ActivationPanels attacked, Formula formula) {
        double sum = 0;
        for (int e = 0; e < EXAMPLES; e++) {
            sum += formula.at(probabilities(weights, clean, e), probabilities(weights, attacked, e), label(e));
        }
        return sum / EXAMPLES;
    }

    private Weights slopes(Weights at, ActivationPanels attacked, Formula formula) {
        ActivationPanels clean = images();
        Weights slopes = new Weights(MethodCases.NETWORK);
        for (int layer = 0; layer < MethodCases.NETWORK.layers(); layer++) {
            for (int i = 0; i < at.matrix(layer).length; i++) {
                if (MethodCases.half().keeps(layer, i)) {
                    slopes.matrix(layer)[i] = slope(at, at.matrix(layer), i, clean, attacked, formula);
                }
            }
            for (int o = 0; o < at.biases(layer).length; o++) {
                slopes.biases(layer)[o] = slope(at, at.biases(layer), o, clean, attacked, formula);
            }
        }
        return slopes;
    }

    private float slope(
            Weights at, float[] values, int i, ActivationPanels clean, ActivationPanels attacked, Formula formula) {
        float before = values[i];
        float step = 0x1p-18f;
        values[i] = before + step;
        double up = value(at, clean, attacked, formula);
        double above = values[i];
        values[i] = before - step;
        double down = value(at, clean, attacked, formula);
        double below = values[i];
        values[i] = before;
        return (float) ((up - down) / (above - below));
    }

    private void assertGradient(Weights expected) {
        Weights found = engine.gradient();
        for (int layer = 0; layer < MethodCases.NETWORK.layers(); layer++) {
            assertThat(found.matrix(layer)).containsExactly(expected.matrix(layer), within(1e-3f));
            assertThat(found.biases(layer)).containsExactly(expected.biases(layer), within(1e-3f));
        }
        assertThat(norm(expected.matrix(0))).isGreaterThan(0.05);
    }

    private static double divergence(double[] p, double[] q) {
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            sum += p[c] * Math.log(p[c] / q[c]);
        }
        return sum;
    }

    private static double trades(double[] p, double[] q, int label) {
        return -Math.log(p[label]) + 6 * divergence(p, q);
    }

    private static double mart(double[] p, double[] q, int label) {
        double rival = 0;
        for (int c = 0; c < q.length; c++) {
            rival = c == label ? rival : Math.max(rival, q[c]);
        }
        return -Math.log(q[label]) - Math.log(1.0001 - rival + 1e-12) + 5 * divergence(p, q) * (1.0000001 - p[label]);
    }

    @Test
    void tradesDifferentiatesThroughBothBranches() {
        trainer(new Trades(6, 0.2)).step();
        Weights expected = slopes(engine.weights(), noisy(true, 0.2), MethodGradientTest::trades);
        assertGradient(expected);
        Weights cleanConstant = slopes(engine.weights(), noisy(true, 0.2), (p, q, y) -> -Math.log(p[y]));
        assertThat(expected.matrix(0)[firstKept()]).isNotCloseTo(cleanConstant.matrix(0)[firstKept()], within(1e-3f));
    }

    private static int firstKept() {
        return MethodCases.half().survivors(0).nextSetBit(0);
    }

    @Test
    void martDifferentiatesThroughBothBranches() {
        trainer(new Mart(5)).step();
        assertGradient(slopes(engine.weights(), noisy(false, 0.2), MethodGradientTest::mart));
    }

    @Test
    void gaussianNoiseIsNotClipped() {
        Objective objective = ObjectiveKind.of(new GaussianNoise(0.5), new ObjectiveContext(Optional.empty(), 1, 0));
        new Trainer(engine, split, new TrainingSettings(objective, STILL, EXAMPLES, 0, 0, 0), MethodCases.LEVEL).step();
        ActivationPanels noisy = noisy(true, 0.5);
        assertThat(noisy.get(0, 0) + noisy.get(1, 1) + noisy.get(2, 2)).isNotNaN();
        assertGradient(slopes(engine.weights(), noisy, (_, q, y) -> -Math.log(q[y])));
    }

    @Test
    void awpTakesTheGradientAtThePerturbedWeightsAndLeavesTheWeights() {
        double gamma = 0.5;
        Weights start = engine.weights();
        trainer(new Awp(gamma, 0, Awp.Losses.MART, Optional.of(5.0))).step();
        assertThat(engine.weights()).isEqualTo(start); // the learning rate is 0
        Weights first = slopes(start.copy(), noisy(false, 0.2), MethodGradientTest::mart);
        Weights moved = start.copy();
        for (int layer = 0; layer < MethodCases.NETWORK.layers(); layer++) {
            double factor = gamma * norm(start.matrix(layer)) / norm(first.matrix(layer));
            for (int i = 0; i < moved.matrix(layer).length; i++) {
                moved.matrix(layer)[i] += (float) (factor * first.matrix(layer)[i]);
            }
        }
        assertGradient(slopes(moved, noisy(false, 0.2), MethodGradientTest::mart));
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    @Test
    void aPerturbationHasItsLengthInEachLayerAndLeavesPrunedWeightsAtZero() {
        trainer(new Mart(5)).step();
        Weights start = engine.weights();
        WeightPerturbation perturbation = new WeightPerturbation(engine);
        perturbation.apply(0.01, 0);
        Weights moved = engine.weights();
        for (int layer = 0; layer < MethodCases.NETWORK.layers(); layer++) {
            float[] v = new float[moved.matrix(layer).length];
            for (int i = 0; i < v.length; i++) {
                v[i] = moved.matrix(layer)[i] - start.matrix(layer)[i];
                if (!MethodCases.half().keeps(layer, i)) {
                    assertThat(Float.floatToRawIntBits(moved.matrix(layer)[i])).isZero();
                }
            }
            assertThat(norm(v)).isCloseTo(0.01 * norm(start.matrix(layer)), within(1e-6));
            assertThat(moved.biases(layer)).containsExactly(start.biases(layer));
        }
        perturbation.restore();
        assertThat(engine.weights()).isEqualTo(start);
    }

    private static float[] perturbation(Trainer trainer) {
        return Objects.requireNonNull(trainer.state().objective().get("perturbation"));
    }

    @Test
    void freeTrainsOnThePerturbationOfTheBatchBefore() {
        Trainer trainer = trainer(new Free(3, Optional.empty()));
        assertThat(trainer.batchesPerEpoch()).isEqualTo(3); // one batch, three passes
        trainer.runUntil(2);
        float[] perturbation = perturbation(trainer);
        trainer.step();
        ActivationPanels attacked = images();
        boolean moved = false;
        for (int e = 0; e < EXAMPLES; e++) {
            for (int f = 0; f < 6; f++) {
                float d = perturbation[e * 6 + f];
                moved |= d != 0;
                assertThat(Math.abs(d)).isLessThanOrEqualTo(0.2f);
                attacked.set(f, e, Math.clamp(attacked.get(f, e) + d, 0f, 1f));
            }
        }
        assertThat(moved).isTrue();
        assertGradient(slopes(engine.weights(), attacked, (_, q, y) -> -Math.log(q[y])));
    }

    @Test
    void freeKeepsItsPerturbationWhereABatchEnds() {
        Objective objective =
                ObjectiveKind.of(new Free(3, Optional.of(0.05)), new ObjectiveContext(Optional.of(NOISE), 0, 0));
        Trainer trainer =
                new Trainer(engine, split, new TrainingSettings(objective, STILL, 25, 0, 0, 0), MethodCases.LEVEL);
        assertThat(trainer.batchesPerEpoch()).isEqualTo(6); // batches of 25 and 15 images, three passes each
        trainer.runUntil(3);
        float[] before = perturbation(trainer);
        trainer.step(); // on the batch of 15
        float[] after = perturbation(trainer);
        boolean kept = false;
        for (int i = 0; i < after.length; i++) {
            if (i >= 15 * 6) {
                assertThat(after[i]).isEqualTo(before[i]);
            } else {
                assertThat(Math.abs(after[i] - before[i])).isLessThanOrEqualTo(0.0500001f);
                kept |= Math.abs(after[i]) > 0.0500001f;
            }
        }
        assertThat(kept).isTrue(); // more than one step from 0
    }

    @Test
    void tscncAddsThePenaltiesToTheGradientOfTheLoss() {
        trainer(new SparsityCondition(0, 100, 0, 1)).step();
        Weights plain = engine.gradient();
        trainer(new SparsityCondition(0.5, 100, 0.25, 1)).step();
        Weights penalised = engine.gradient();
        Weights weights = engine.weights();
        int survivors = MethodCases.half().count();
        for (int layer = 0; layer < MethodCases.NETWORK.layers(); layer++) {
            int[] kept = MethodCases.half().survivors(layer).stream().toArray();
            float[] condition = new float[weights.matrix(layer).length];
            new ConditionPenalty(MethodCases.NETWORK.inputs(layer), kept).add(weights.matrix(layer), 1, condition);
            for (int at : kept) {
                double w = weights.matrix(layer)[at];
                double step = 1e-6;
                double sparse = (Math.log1p(100 * (w + step) * (w + step)) - Math.log1p(100 * (w - step) * (w - step)))
                        / (2 * step * Math.log1p(100) * survivors);
                assertThat(penalised.matrix(layer)[at] - plain.matrix(layer)[at])
                        .isCloseTo((float) (0.5 * sparse + 0.25 * condition[at]), within(1e-5f));
            }
        }
    }
}
