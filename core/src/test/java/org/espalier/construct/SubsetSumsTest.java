package org.espalier.construct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.espalier.data.DataProgress;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.prune.Pruner;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.junit.jupiter.api.Test;

class SubsetSumsTest {
    private static double[] draw(int count, int seed) {
        double[] samples = new double[count];
        for (int i = 0; i < count; i++) {
            samples[i] = 2 * (double) Stream.root(seed).uniform(i) - 1;
        }
        return samples;
    }

    /** Against all subsets, one after the other. */
    @Test
    void theNearestSumIsFound() {
        for (int count : new int[] {1, 2, 5, 11}) {
            double[] samples = draw(count, count);
            SubsetSums sums = new SubsetSums(samples);
            for (double target : new double[] {0, 0.3, -0.7, 2.5, -9}) {
                double least = Double.POSITIVE_INFINITY;
                for (int subset = 0; subset < 1 << count; subset++) {
                    double sum = 0;
                    for (int i = 0; i < count; i++) {
                        sum += (subset >> i & 1) * samples[i];
                    }
                    least = Math.min(least, Math.abs(sum - target));
                }
                assertThat(sums.nearest(target)).isCloseTo(least, within(1e-12));
                assertThat(Math.abs(sums.sum() - target)).isCloseTo(least, within(1e-12));
                assertThat(sums.size()).isBetween(0, count);
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new SubsetSums(new double[41]));
    }

    @Test
    void theNumberOfSamplesIsThatOfThePublishedCode() {
        assertThat(StrongTicket.samples(3, 0.01)).isEqualTo(21);
    }

    /** The target of the paper: 784-500-10 without biases, with weights about as large as training leaves them. */
    @Test
    void thePapersNetworkHasItsCountsAndErrors() {
        Architecture architecture = new Architecture(List.of(784, 500, 10), false);
        Weights target = InitialWeights.PYTORCH.draw(architecture, Stream.root(1));
        Mask mask = Mask.dense(architecture);
        StrongTicket.Result made = new StrongTicket(21, 0.01, true).of(target, mask, Stream.root(2));
        assertThat(made.layers().stream().mapToInt(StrongTicket.Layer::weights).sum())
                .isEqualTo(397_000);
        assertThat(made.drawn()).isEqualTo(8_337_000L);
        assertThat(made.failures()).isZero();
        assertThat(made.largestError()).isLessThanOrEqualTo(0.01);
        assertThat((double) made.kept() / 397_000).isBetween(5.0, 11.0);
        for (int layer = 0; layer < 2; layer++) {
            float[] before = target.matrix(layer);
            float[] after = made.weights().matrix(layer);
            for (int i = 0; i < before.length; i++) {
                assertThat(Math.abs(after[i] - before[i])).isLessThan(0.0100001f);
            }
        }
        assertThat(made.weights()).isNotEqualTo(target);
    }

    /** The accuracy of a trained network moves by 0.3 points at most, measured on the network of sums. */
    @Test
    void theNetworkOfSumsIsAsAccurateAsItsTarget() {
        Split all = DataSets.load("digits", Optional.empty(), DataProgress.NONE).train();
        Architecture architecture = new Architecture(List.of(784, 100, 10), false);
        Mask mask = Mask.dense(architecture);
        Engine engine = Engines.create(architecture);
        engine.load(InitialWeights.KAIMING_NORMAL.draw(architecture, Stream.root(1)), mask);
        Trainer trainer = new Trainer(
                engine,
                all.part("train", 0, 3000),
                new TrainingSettings(new Objective.Natural(), new OptimizerSettings.Momentum(0.01, 0.9), 64, 0, 0, 0),
                Stream.root(1));
        trainer.runUntil(150);
        Weights target = trainer.state().weights();
        StrongTicket.Result made = new StrongTicket(21, 0.01, true).of(target, mask, Stream.root(2));
        Split test = all.part("test", 3000, 5000);
        double before = accuracy(engine, target, mask, test);
        double after = accuracy(engine, made.weights(), mask, test);
        assertThat(before).isGreaterThan(0.85);
        assertThat(after).isCloseTo(before, within(0.003));
        assertThat(made.failures()).isZero();
        assertThat(made.drawn()).isEqualTo(21L * 79_400);
        // It is another network: small weights are gone.
        assertThat(made.weights()).isNotEqualTo(target);
        for (int layer = 0; layer < 2; layer++) {
            for (int i = 0; i < target.matrix(layer).length; i++) {
                if (Math.abs(target.matrix(layer)[i]) <= 0.01f) {
                    assertThat(made.weights().matrix(layer)[i]).isZero();
                }
            }
        }
    }

    private static double accuracy(Engine engine, Weights weights, Mask mask, Split test) {
        engine.load(weights, mask);
        return new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()))
                .measure(0, test, 0, Stream.root(3))
                .getFirst()
                .accuracy();
    }

    @Test
    void prunedWeightsHaveNoSamplesAndStayZero() {
        Architecture architecture = new Architecture(List.of(30, 20, 5), true);
        Weights target = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(1));
        Mask mask = Pruner.PAPER.prune(Mask.dense(architecture), target, List.of(0.6, 0.5), Stream.root(1));
        target.apply(mask);
        StrongTicket.Result made = new StrongTicket(12, 0.01, false).of(target, mask, Stream.root(2));
        assertThat(made.drawn()).isEqualTo(12L * mask.count());
        Weights kept = made.weights().copy();
        kept.apply(mask);
        assertThat(kept).isEqualTo(made.weights());
        assertThat(made.weights().biases(0)).isEqualTo(target.biases(0));
        assertThat(new StrongTicket(12, 0.01, false)
                        .of(target, mask, Stream.root(2))
                        .weights())
                .isEqualTo(made.weights());
        // With two samples there are failures, and they are counted.
        StrongTicket.Result poor = new StrongTicket(2, 0.01, false).of(target, mask, Stream.root(2));
        assertThat(poor.failures()).isPositive();
        assertThat(poor.largestError()).isGreaterThan(0.01);
    }

    @Test
    void theErrorsOfConvolutionsFallExponentially() {
        Graph graph = new GraphBuilder(Shape.of(1, 28, 28)) // the convolutions of LeNet-5
                .conv("first", 6, 5, 1, 2, true)
                .relu("a")
                .maxPool("pool", 2)
                .conv("second", 16, 5, 1, 0, true)
                .relu("b")
                .maxPool("pool2", 2)
                .linear("out", 10)
                .build();
        Architecture architecture = new Architecture(graph);
        Weights target = InitialWeights.KAIMING_NORMAL.draw(architecture, Stream.root(3));
        SampledConvolutions convolutions = new SampledConvolutions(target, Mask.dense(architecture));
        assertThat(convolutions.convolutions()).isTrue();
        byte[] pixels = new byte[5 * 784];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Stream.root(4).below(256, i);
        }
        var split = new org.espalier.data.Split("test", 784, pixels, new int[5]);
        List<Integer> numbers = List.of(5, 10, 15, 20, 25, 30);
        List<Double> errors = new java.util.ArrayList<>();
        List<Double> changes = new java.util.ArrayList<>();
        for (int samples : numbers) {
            SampledConvolutions.Sampled made = convolutions.of(samples, Stream.root(5));
            assertThat(made.replaced()).isEqualTo(6 * 25 + 16 * 6 * 25);
            assertThat(made.weights().matrix(2)).isEqualTo(target.matrix(2)); // the linear layer
            errors.add(made.weightError());
            changes.add(convolutions.change(made.weights(), split, 5));
        }
        assertThat(convolutions.change(target, split, 5)).isZero();
        for (List<Double> each : List.of(errors, changes)) {
            SampledConvolutions.Line line =
                    SampledConvolutions.Line.through(numbers, each).orElseThrow();
            assertThat(line.slope()).isLessThan(-0.1);
            assertThat(line.fit()).isGreaterThan(0.9);
        }
    }
}
