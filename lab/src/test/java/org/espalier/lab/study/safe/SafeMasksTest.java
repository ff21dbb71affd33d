package org.espalier.lab.study.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.LogitLosses;
import org.espalier.lab.study.loop.LogitPass;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeMasksTest {
    private static final DataSet DATA = MadeUpData.of("tiny", 6, split("train", 400), split("test", 90));
    private static final Architecture NETWORK = new Architecture(List.of(36, 12, 3), false);
    private static final Stream STREAM = Stream.root(5);

    @TempDir
    private Path directory;

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, 36, 7, 140, 100, 1000);
    }

    private Studies.Stored study(int jobs, KernelMode kernels, Consumer<String> progress, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "data=tiny",
                "known=2",
                "labelled=4",
                "unlabelled=150",
                "hidden=[12]",
                "updates=40",
                "tuning=10",
                "epochs=6",
                "runs=2"));
        settings.addAll(List.of(more));
        return Studies.run(
                Studies.kind("safe-semi-supervised"), directory, settings, jobs, kernels, (_, _) -> DATA, progress);
    }

    @Test
    void nothingDependsOnJobsKernelsOrAKill() throws Exception {
        Studies.Stored one = study(1, KernelMode.DENSE, _ -> {});
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        int[] lines = new int[1];
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {
                    if (++lines[0] == 6) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
        assertThat(Files.readAllBytes(study(2, KernelMode.SPARSE, _ -> {}).file()))
                .isEqualTo(first);
        StudyResult.Table table = one.result().tables().getFirst();
        assertThat(table.rows()).hasSize(6);
        // 36 x 12 weights of which half stay, and 12 x 2 that all stay.
        String density = String.format(Locale.ROOT, "%.2f", 100 * (216.0 + 24) / (432 + 24));
        assertThat(table.rows().get(4).get(1)).isEqualTo(density);
        assertThat(table.rows().get(5).get(1)).isEqualTo(density);
        assertThat(table.rows().getFirst().get(4)).isEqualTo("0.00");
        for (List<String> row : table.rows()) {
            assertThat(Double.parseDouble(row.get(2))).isGreaterThan(70);
        }
    }

    @Test
    void poolsHoldWhatIsAskedFor() {
        Pools pools = Pools.of(DATA, 2, 4, 100, 0.6, STREAM);
        assertThat(Arrays.stream(pools.labelled().labels())
                        .filter(label -> label == 1)
                        .count())
                .isEqualTo(4);
        assertThat(pools.labelled().size()).isEqualTo(8);
        assertThat(pools.validation().size()).isEqualTo(8);
        assertThat(pools.validation().images()).isNotEqualTo(pools.labelled().images());
        assertThat(Arrays.stream(pools.unlabelled().labels())
                        .filter(label -> label == 2)
                        .count())
                .isEqualTo(60);
        assertThat(pools.unlabelled().size()).isEqualTo(100);
        assertThat(pools.test().labels()).doesNotContain(2);
        assertThatThrownBy(() -> Pools.of(DATA, 2, 4, 10_000, 0.6, STREAM))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("too few training images");
    }

    @Test
    void theAdversaryMovesImagesByItsRadiusAndFurtherThanNoise() {
        Engine engine = Engines.create(NETWORK);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(NETWORK, STREAM), Mask.dense(NETWORK));
        LogitPass pass = new LogitPass(engine, 1);
        VirtualAdversary adversary = new VirtualAdversary(engine);
        int[] images = {4, 9, 2};
        adversary.move(DATA.train(), images, 1.5, 0, STREAM, pass.input(), 0);
        double worst = divergence(pass, adversary);
        for (int lane = 0; lane < images.length; lane++) {
            double squares = 0;
            double[] clean = DATA.train().pixels(images[lane]);
            for (int i = 0; i < clean.length; i++) {
                squares += Math.pow(pass.input().get(i, lane) - clean[i], 2);
            }
            assertThat(Math.sqrt(squares)).isCloseTo(1.5, within(1e-4));
        }
        for (int draw = 0; draw < 20; draw++) {
            ActivationPanels input = pass.input();
            for (int lane = 0; lane < images.length; lane++) {
                double[] clean = DATA.train().pixels(images[lane]);
                Stream noise = STREAM.child(draw).child(lane);
                double squares = 0;
                for (int i = 0; i < clean.length; i++) {
                    squares += Math.pow(noise.uniform(i) - 0.5, 2);
                }
                for (int i = 0; i < clean.length; i++) {
                    input.set(i, lane, (float) (clean[i] + 1.5 * (noise.uniform(i) - 0.5) / Math.sqrt(squares)));
                }
            }
            assertThat(divergence(pass, adversary)).isLessThan(worst);
        }
    }

    private static double divergence(LogitPass pass, VirtualAdversary adversary) {
        pass.forward(1);
        return pass.loss(
                0,
                3,
                0,
                (lane, logits, gradient) ->
                        LogitLosses.divergence(logits, adversary.reference(lane), 0, 3, 1, 1, gradient));
    }

    @Test
    void slopesOfPrunedWeightsAreFiniteDifferencesAndScoresChooseExactly() {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, STREAM);
        ScoredMask scores = new ScoredMask(NETWORK, new int[] {200, 30}, STREAM);
        Mask mask = scores.mask();
        assertThat(mask.count(0)).isEqualTo(200);
        assertThat(mask.count(1)).isEqualTo(30);
        Split images = split("train", 70);
        Engine engine = Engines.create(NETWORK);
        Weights kept = weights.copy();
        kept.apply(mask);
        engine.load(kept, mask);
        LogitPass pass = new LogitPass(engine, 2);
        Weights slopes = ScoredMask.slopes(pass, images, 2, 0);
        int checked = 0;
        for (int i = 0; i < 36; i++) {
            if (!mask.keeps(1, i)) {
                double[] losses = new double[2];
                for (int side = 0; side < 2; side++) {
                    Weights moved = kept.copy();
                    moved.matrix(1)[i] += side == 0 ? 0.05f : -0.05f;
                    engine.load(moved, Mask.dense(NETWORK));
                    losses[side] = loss(pass, images);
                }
                assertThat((double) slopes.matrix(1)[i]).isCloseTo((losses[0] - losses[1]) / 0.1, within(2e-3));
                checked++;
            }
        }
        assertThat(checked).isEqualTo(6);
        engine.load(kept, mask);
        double before = loss(pass, images);
        scores.learn(engine, weights, images, 60);
        Weights learnt = weights.copy();
        learnt.apply(scores.mask());
        engine.load(learnt, scores.mask());
        assertThat(loss(pass, images)).isLessThan(before);
        assertThat(scores.mask().count(0)).isEqualTo(200);
    }

    private static double loss(LogitPass pass, Split images) {
        double sum = 0;
        for (int panel = 0; panel < 2; panel++) {
            int first = panel * LogitPass.LANES;
            int count = Math.min(LogitPass.LANES, images.size() - first);
            int[] shown = new int[count];
            Arrays.setAll(shown, i -> first + i);
            pass.load(images, shown, panel);
        }
        pass.forward(2);
        for (int panel = 0; panel < 2; panel++) {
            sum += pass.loss(
                    panel,
                    Math.min(LogitPass.LANES, images.size() - panel * LogitPass.LANES),
                    0,
                    (example, logits, gradient) -> LogitLosses.crossEntropy(
                            logits, 0, 3, images.labels()[example], 1.0 / images.size(), gradient));
        }
        return sum;
    }
}
