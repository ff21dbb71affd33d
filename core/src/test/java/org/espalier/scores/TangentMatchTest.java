package org.espalier.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.dynamic.Distribution;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Pruner;
import org.espalier.random.Stream;
import org.espalier.train.Trainer;
import org.espalier.train.mask.MaskRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TangentMatchTest {
    private static final Architecture SMALL = new Architecture(List.of(5, 4, 3), false);

    /** The mean of products of tangents over draws is J J^T of surviving weights. */
    @Test
    void noiseOnWeightsGivesTheTangentKernel() {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(SMALL, Stream.root(7));
        Mask mask = Pruner.PAPER.prune(Mask.dense(SMALL), weights, List.of(0.3, 0.2), Stream.root(1));
        weights.apply(mask);
        ReferenceEngine engine = new ReferenceEngine(SMALL);
        engine.load(weights, mask);
        ActivationBuffers buffers = engine.newBuffers(2);
        for (int i = 0; i < 5; i++) {
            buffers.input().set(i, 0, 0.2f * i);
            buffers.input().set(i, 1, 0.9f - 0.15f * i);
        }
        double[][] exact = exact(engine, buffers);
        double[] base = logits(engine, buffers);
        double[][] mean = new double[6][6];
        int draws = 10_000;
        double scale = 1e-3;
        for (int draw = 0; draw < draws; draw++) {
            Weights moved = TangentMatch.noise(weights, Stream.root(3).child(draw), scale);
            for (int layer = 0; layer < 2; layer++) {
                for (int i = 0; i < moved.matrix(layer).length; i++) {
                    moved.matrix(layer)[i] += weights.matrix(layer)[i];
                }
            }
            engine.writeWeights(moved);
            double[] there = logits(engine, buffers);
            for (int a = 0; a < 6; a++) {
                for (int b = 0; b < 6; b++) {
                    mean[a][b] += (there[a] - base[a]) * (there[b] - base[b]) / (scale * scale) / draws;
                }
            }
        }
        double largest = 0;
        for (int a = 0; a < 6; a++) {
            largest = Math.max(largest, exact[a][a]);
        }
        for (int a = 0; a < 6; a++) {
            for (int b = 0; b < 6; b++) {
                assertThat(mean[a][b]).as("%d %d", a, b).isCloseTo(exact[a][b], within(0.05 * largest));
            }
        }
        assertThat(largest).isGreaterThan(0.1);
    }

    private static double[] logits(Engine engine, ActivationBuffers buffers) {
        engine.forward(buffers, 0, 1);
        double[] logits = new double[6];
        for (int i = 0; i < 6; i++) {
            logits[i] = buffers.logits().get(i % 3, i / 3);
        }
        return logits;
    }

    private static double[][] exact(Engine engine, ActivationBuffers buffers) {
        double[][] rows = new double[6][];
        for (int at = 0; at < 6; at++) {
            engine.forward(buffers, 0, 1);
            for (int example = 0; example < 64; example++) {
                for (int c = 0; c < 3; c++) {
                    buffers.logitGradient().set(c, example, example == at / 3 && c == at % 3 ? 1 : 0);
                }
            }
            engine.backward(buffers, 0, 1, Gradients.WEIGHTS);
            Weights gradient = engine.gradient();
            rows[at] = new double[SMALL.weights()];
            for (int i = 0; i < 20; i++) {
                rows[at][i] = gradient.matrix(0)[i];
            }
            for (int i = 0; i < 12; i++) {
                rows[at][20 + i] = gradient.matrix(1)[i];
            }
        }
        double[][] kernel = new double[6][6];
        for (int a = 0; a < 6; a++) {
            for (int b = 0; b < 6; b++) {
                for (int i = 0; i < rows[a].length; i++) {
                    kernel[a][b] += rows[a][i] * rows[b][i];
                }
            }
        }
        return kernel;
    }

    @Test
    void theSearchBringsOutputsNearThoseOfTheDenseNetwork() {
        TangentTransfer rule = new TangentTransfer(0.3, Distribution.UNIFORM, 0.8, 2, 0.01, 0.001, 0, 0.01, 20);
        int iterations = 100;
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Weights origin = engine.weights();
        Trainer trainer = MaskTrainings.trainer(engine, rule, iterations);
        trainer.step();
        double before = distance(engine, origin);
        trainer.runUntil(80);
        assertThat(distance(engine, origin)).isLessThan(0.5 * before);
        Mask mask = trainer.mask();
        assertThat(mask.count(0)).isEqualTo(96);
        Weights found = engine.weights();
        trainer.runUntil(iterations);
        assertThat(trainer.mask()).isEqualTo(mask);
        assertThat(engine.weights()).isNotEqualTo(found);
    }

    private static double distance(Engine engine, Weights origin) {
        Engine dense = org.espalier.engine.Engines.create(NETWORK);
        dense.load(origin, Mask.dense(NETWORK));
        ActivationBuffers own = engine.newBuffers(50);
        ActivationBuffers other = dense.newBuffers(50);
        int[] order = new int[50];
        for (int i = 0; i < 50; i++) {
            order[i] = i;
        }
        engine.ops().loadImages(MaskTrainings.split().images(), order, 0, 50, own.input(), 0);
        dense.ops().loadImages(MaskTrainings.split().images(), order, 0, 50, other.input(), 0);
        engine.forward(own, 0, 1);
        dense.forward(other, 0, 1);
        double sum = 0;
        for (int example = 0; example < 50; example++) {
            for (int c = 0; c < NETWORK.classes(); c++) {
                double difference =
                        own.logits().get(c, example) - other.logits().get(c, example);
                sum += difference * difference;
            }
        }
        return sum;
    }

    @Test
    void attackedImagesAreMatchedWhereTheyAreWanted() {
        assertThat(Optional.of(new AdversarialTangents(
                                0.3, Distribution.UNIFORM, 0.5, 2, 0.01, 0.001, 0, 0.01, 0.3, 0.1, 3, 20))
                        .map(rule -> {
                            Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
                            MaskTrainings.trainer(engine, rule, 20).runUntil(5);
                            return engine.weights();
                        })
                        .orElseThrow())
                .isNotEqualTo(Optional.of(
                                new TangentTransfer(0.3, Distribution.UNIFORM, 0.5, 2, 0.01, 0.001, 0, 0.01, 20))
                        .map(rule -> {
                            Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
                            MaskTrainings.trainer(engine, rule, 20).runUntil(5);
                            return engine.weights();
                        })
                        .orElseThrow());
    }

    /**
     * The published code makes masks after every {@code refresh} updates while more than {@code refresh} are left. A search of 60
     * updates therefore has masks at 0 and 20, one of 80 also at 40.
     */
    @ParameterizedTest
    @ValueSource(strings = {"ntt", "ntt-style", "awt-style"})
    void theLastUpdatesOfASearchKeepTheirMask(String kind) {
        Trainer shorter = search(kind, 0.6);
        Trainer longer = search(kind, 0.8);
        List<Mask> masks = new ArrayList<>();
        for (int update = 0; update <= 40; update++) {
            shorter.step();
            longer.step();
            masks.add(shorter.mask());
            if (update < 40) {
                assertThat(longer.mask()).isEqualTo(shorter.mask());
            }
        }
        assertThat(masks.get(20)).isNotEqualTo(masks.get(19));
        assertThat(masks.get(40)).isEqualTo(masks.get(20));
        assertThat(longer.mask()).isNotEqualTo(masks.get(20));
        Mask last = longer.mask();
        shorter.runUntil(100);
        longer.runUntil(100);
        assertThat(shorter.mask()).isEqualTo(masks.get(20));
        assertThat(longer.mask()).isEqualTo(last);
    }

    private static Trainer search(String kind, double length) {
        MaskRule rule = switch (kind) {
            case "ntt" -> new NeuralTangentTransfer(0.3, Distribution.UNIFORM, length, 0.001, 0, 0.05, 20);
            case "ntt-style" -> new TangentTransfer(0.3, Distribution.UNIFORM, length, 1, 0.01, 0.001, 0, 0.05, 20);
            default ->
                new AdversarialTangents(0.3, Distribution.UNIFORM, length, 1, 0.01, 0.001, 0, 0.05, 0.3, 0.1, 2, 20);
        };
        return MaskTrainings.trainer(MaskTrainings.engine(rule, KernelMode.AUTO), rule, 100);
    }
}
