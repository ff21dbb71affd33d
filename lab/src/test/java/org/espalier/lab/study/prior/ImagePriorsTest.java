package org.espalier.lab.study.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.loop.SmallestWeights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagePriorsTest {
    private static final Stream STREAM = Stream.root(4);
    private static final Hourglass.Form FORM = new Hourglass.Form(7, 2, 2, 3, 2);

    private static final DataSet DATA = MadeUpData.of(
            "tiny",
            8,
            MadeUpData.split("train", 10, 64, 7, 140, 100, 1000),
            MadeUpData.split("test", 10, 64, 7, 140, 30, 1000));

    @TempDir
    private Path directory;

    private Studies.Stored study(int jobs, Consumer<String> progress, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "data=tiny", "images=2", "scales=2", "channels=4", "skips=2", "inputs=3", "updates=60", "rounds=2"));
        settings.addAll(List.of(more));
        return Studies.run(
                Studies.kind("image-priors"), directory, settings, jobs, KernelMode.AUTO, (_, _) -> DATA, progress);
    }

    @Test
    void nothingDependsOnJobsOrAKillAndFitsImprove() throws Exception {
        Studies.Stored one = study(1, _ -> {});
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        int[] lines = new int[1];
        assertThatThrownBy(() -> study(1, _ -> {
                    if (++lines[0] == 4) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
        assertThat(Files.readAllBytes(study(2, _ -> {}).file())).isEqualTo(first);
        List<List<String>> rows = one.result().tables().getFirst().rows();
        assertThat(rows)
                .extracting(List::getFirst)
                .containsExactly("dense", "ticket", "ticket", "random-mask", "random-mask");
        assertThat(rows.get(2).get(2)).isEqualTo(rows.get(4).get(2));
        assertThat(Double.parseDouble(rows.get(2).get(2))).isCloseTo(64, within(0.2));
        assertThat(rows.getFirst().get(9)).isEqualTo("0.00");
        List<List<String>> few =
                study(1, _ -> {}, "updates=1").result().tables().getFirst().rows();
        for (int row = 0; row < rows.size(); row++) {
            assertThat(Double.parseDouble(rows.get(row).get(3)))
                    .isGreaterThan(Double.parseDouble(few.get(row).get(3)) + 1);
        }
    }

    @Test
    void imagesThatAreNotThereAreRefused() {
        assertThatThrownBy(() -> study(1, _ -> {}, "images=11"))
                .isInstanceOf(UserException.class)
                .hasMessage("images is 11, expected at most the 10 test images of tiny");
    }

    private static double loss(double[] weights, double[] affine, Planes input) {
        Planes output =
                FORM.run(new Layers(weights, affine, new double[weights.length], new double[affine.length]), input);
        double sum = 0;
        for (int i = 0; i < output.values.length; i++) {
            sum += (i % 5 - 1.5) * output.values[i];
        }
        return sum;
    }

    @Test
    void slopesOfAllLayersAreFiniteDifferences() {
        Hourglass network = new Hourglass(FORM);
        double[] weights = network.initial(STREAM);
        double[] affine = network.affine();
        for (int i = 0; i < affine.length; i++) {
            affine[i] += 0.3 * STREAM.child("affine").uniform(i);
        }
        Planes input = network.input(STREAM, 1);
        double[] weightSlopes = new double[weights.length];
        double[] affineSlopes = new double[affine.length];
        Layers layers = new Layers(weights, affine, weightSlopes, affineSlopes);
        Planes output = FORM.run(layers, input);
        assertThat(layers.weightsRead()).isEqualTo(weights.length);
        assertThat(layers.affineRead()).isEqualTo(affine.length);
        for (int i = 0; i < output.values.length; i++) {
            output.slopes[i] = i % 5 - 1.5;
        }
        layers.backward();
        check(weights, weightSlopes, weights, affine, input);
        check(affine, affineSlopes, weights, affine, input);
        check(input.values, input.slopes, weights, affine, input);
    }

    private static void check(double[] at, double[] slopes, double[] weights, double[] affine, Planes input) {
        double largest = 0;
        for (int i = 0; i < at.length; i++) {
            double before = at[i];
            at[i] = before + 1e-6;
            double above = loss(weights, affine, input);
            at[i] = before - 1e-6;
            double below = loss(weights, affine, input);
            at[i] = before;
            assertThat(slopes[i]).isCloseTo((above - below) / 2e-6, within(1e-5));
            largest = Math.max(largest, Math.abs(slopes[i]));
        }
        assertThat(largest).isGreaterThan(0.01);
    }

    @Test
    void prunedWeightsStayZero() {
        Hourglass network = new Hourglass(FORM);
        double[] initial = network.initial(STREAM);
        BitSet kept = SmallestWeights.random(initial.length, initial.length / 2, STREAM);
        double[] target = new double[49];
        for (int i = 0; i < target.length; i++) {
            target[i] = i % 7 < 3 ? 0.9 : 0.1;
        }
        double[] weights =
                network.fit(target, target, initial, kept, 10, 0.01, STREAM).weights();
        for (int i = 0; i < weights.length; i++) {
            assertThat(weights[i] != 0).isEqualTo(kept.get(i));
        }
        assertThat(Hourglass.psnr(new double[] {0.1, 0}, new double[] {0, 0.1})).isCloseTo(20, within(1e-12));
    }
}
