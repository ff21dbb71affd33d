package org.espalier.lab.study.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.SymmetricMatrix;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;
import org.espalier.train.OptimizerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GanTicketsTest {
    private static final DataSet DATA = MadeUpData.of("tiny", 6, split("train", 200), split("test", 90));
    private static final Stream STREAM = Stream.root(11);

    @TempDir
    private Path directory;

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, 36, 7, 140, 100, 1000);
    }

    private Studies.Stored study(int jobs, KernelMode kernels, Consumer<String> progress, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "data=tiny",
                "codes=4",
                "hidden=16",
                "updates=150",
                "rounds=2",
                "rate=0.003",
                "samples=200",
                "classifier=[12, 6]",
                "classifier-updates=60",
                "runs=2"));
        settings.addAll(List.of(more));
        return Studies.run(Studies.kind("gan-tickets"), directory, settings, jobs, kernels, (_, _) -> DATA, progress);
    }

    @Test
    void nothingDependsOnJobsKernelsOrAKillAndTrainingHelps() throws Exception {
        Studies.Stored one = study(1, KernelMode.DENSE, _ -> {});
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        int[] lines = new int[1];
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {
                    if (++lines[0] == 5) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
        assertThat(Files.readAllBytes(study(2, KernelMode.SPARSE, _ -> {}).file()))
                .isEqualTo(first);
        List<List<String>> rows = one.result().tables().getFirst().rows();
        assertThat(rows)
                .extracting(List::getFirst)
                .containsExactly(
                        "training images",
                        "dense",
                        "ticket",
                        "ticket",
                        "fresh-weights",
                        "fresh-weights",
                        "random-mask",
                        "random-mask");
        assertThat(rows.get(3).get(2)).isEqualTo("64.06"); // 640, 512, 410 of 640
        StudyResult.Table short1 = study(2, KernelMode.AUTO, _ -> {}, "updates=1")
                .result()
                .tables()
                .getFirst();
        assertThat(Double.parseDouble(rows.get(1).get(3)))
                .isLessThan(Double.parseDouble(short1.rows().get(1).get(3)));
    }

    @Test
    void divergenceIsSaid() {
        List<List<String>> rows = study(2, KernelMode.AUTO, _ -> {}, "rate=1e30")
                .result()
                .tables()
                .getFirst()
                .rows();
        assertThat(rows.getLast()).contains("diverged");
        assertThat(rows.get(1).get(3)).isEqualTo("diverged");
    }

    @Test
    void gradientsOfBothNetworksAreFiniteDifferences() {
        Architecture maker = new Architecture(List.of(3, 5, 36), false);
        Architecture judge = new Architecture(List.of(36, 7, 1), false);
        Weights made = InitialWeights.GLOROT_UNIFORM.draw(maker, STREAM.child(1));
        Weights judging = InitialWeights.GLOROT_UNIFORM.draw(judge, STREAM.child(2));
        Engine generator = Engines.create(maker);
        Engine discriminator = Engines.create(judge);
        generator.load(made, Mask.dense(maker));
        discriminator.load(judging, Mask.dense(judge));
        Adversaries pair = new Adversaries(generator, discriminator);
        pair.generate(STREAM.child(3));
        pair.generatorGradient(0);
        Weights slopes = generator.gradient();
        check(made, slopes, () -> {
            generator.load(made, Mask.dense(maker));
            pair.generate(STREAM.child(3));
            return pair.generatorGradient(0);
        });
        Weights bySide = discriminatorSlopes(pair, discriminator);
        check(judging, bySide, () -> {
            discriminator.load(judging, Mask.dense(judge));
            return pair.discriminatorGradient(0);
        });
    }

    private static Weights discriminatorSlopes(Adversaries pair, Engine discriminator) {
        pair.discriminatorGradient(0);
        return discriminator.gradient();
    }

    private static void check(Weights at, Weights slopes, DoubleSupplier loss) {
        for (int layer = 0; layer < 2; layer++) {
            double largest = 0;
            for (int i = 0; i < Math.min(40, at.matrix(layer).length); i++) {
                float before = at.matrix(layer)[i];
                at.matrix(layer)[i] = before + 0.01f;
                double above = loss.getAsDouble();
                at.matrix(layer)[i] = before - 0.01f;
                double below = loss.getAsDouble();
                at.matrix(layer)[i] = before;
                double width = (before + 0.01f) - (before - 0.01f);
                assertThat((double) slopes.matrix(layer)[i]).isCloseTo((above - below) / width, within(1e-3));
                largest = Math.max(largest, Math.abs(slopes.matrix(layer)[i]));
            }
            assertThat(largest).isGreaterThan(0.005);
        }
    }

    @Test
    void prunedWeightsOfTheGeneratorStayZero() {
        Architecture maker = new Architecture(List.of(3, 5, 36), false);
        Architecture judge = new Architecture(List.of(36, 7, 1), false);
        byte[][] bits = {new byte[15], new byte[180]};
        for (int i = 0; i < 180; i += 2) {
            bits[0][i % 15] = 1;
            bits[1][i] = 1;
        }
        bits[0][3] = 0;
        Mask mask = Mask.of(maker, bits);
        Engine generator = Engines.create(maker);
        Engine discriminator = Engines.create(judge);
        generator.load(InitialWeights.GLOROT_UNIFORM.draw(maker, STREAM), mask);
        discriminator.load(InitialWeights.GLOROT_UNIFORM.draw(judge, STREAM), Mask.dense(judge));
        Weights before = generator.weights();
        new Adversaries(generator, discriminator).train(DATA.train(), new OptimizerSettings.Adam(0.001), 10, STREAM);
        Weights after = generator.weights();
        for (int i = 0; i < 180; i++) {
            assertThat(after.matrix(1)[i] != 0).isEqualTo(bits[1][i] == 1);
        }
        assertThat(after.matrix(0)[3]).isZero();
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void theDistanceIsZeroOfEqualSetsAndTheSquareOfAShift() {
        double[][] one = new double[300][5];
        double[][] two = new double[300][5];
        double[][] wide = new double[300][5];
        for (int k = 0; k < one.length; k++) {
            for (int i = 0; i < 5; i++) {
                one[k][i] = Gaussian.at(STREAM, k, i) + (i > 0 ? 0.5 * one[k][i - 1] : 0);
                two[k][i] = one[k][i] + (i == 2 ? 3 : 0);
                wide[k][i] = 2 * one[k][i];
            }
        }
        Frechet.Moments moments = Frechet.Moments.of(one);
        assertThat(Frechet.distance(moments, moments)).isCloseTo(0, within(1e-9));
        assertThat(Frechet.distance(moments, Frechet.Moments.of(two))).isCloseTo(9, within(1e-9));
        // Twice as wide: |m|^2 + tr(C + 4C - 4C).
        double expected = 0;
        for (int i = 0; i < 5; i++) {
            expected += moments.mean()[i] * moments.mean()[i] + moments.covariance()[i][i];
        }
        assertThat(Frechet.distance(moments, Frechet.Moments.of(wide))).isCloseTo(expected, within(1e-9));
        double[] values = SymmetricMatrix.eigen(new double[][] {{2, 1}, {1, 2}}, new double[2][2]);
        assertThat(Math.min(values[0], values[1])).isCloseTo(1, within(1e-12));
        assertThat(Math.max(values[0], values[1])).isCloseTo(3, within(1e-12));
    }
}
