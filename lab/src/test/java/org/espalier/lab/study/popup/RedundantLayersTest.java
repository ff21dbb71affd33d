package org.espalier.lab.study.popup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedundantLayersTest {
    private static final int INPUTS = 7;
    private static final int OUTPUTS = 4;
    private static final int COPIES = 3;

    @TempDir
    private Path directory;

    private static DataSet data() {
        return MadeUpData.of("tiny", 6, split("train", 300), split("test", 100));
    }

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, 36, 7, 120, 100, 1000);
    }

    private Studies.Stored study(int jobs, KernelMode kernels, Consumer<String> progress, String... settings) {
        return Studies.run(
                Studies.kind("redundant-layers"),
                directory,
                List.of(settings),
                jobs,
                kernels,
                (_, _) -> data(),
                progress);
    }

    private static RedundantLayer layer(boolean relu) {
        return new RedundantLayer(INPUTS, OUTPUTS, COPIES, relu, 0.4, Stream.root(3));
    }

    /** One output of the layer as it is defined: products, ReLU or not, and the wide map. */
    private static double output(RedundantLayer layer, boolean relu, double[] x, int output) {
        float[] u = layer.parts().getFirst().kept();
        float[] v = layer.parts().getLast().kept();
        double sum = 0;
        for (int k = 0; k < INPUTS * COPIES; k++) {
            double product = u[k] * x[k / COPIES];
            sum += v[output * INPUTS * COPIES + k] * (relu ? Math.max(product, 0) : product);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLinearMapIsTheLayerForInputsOfAtLeastZero(boolean relu) {
        RedundantLayer layer = layer(relu);
        float[] matrix = new float[OUTPUTS * INPUTS];
        layer.effective(matrix);
        double[] x = {0, 0.3, 1, 0.05, 0, 2, 0.7};
        for (int o = 0; o < OUTPUTS; o++) {
            double linear = 0;
            for (int i = 0; i < INPUTS; i++) {
                linear += matrix[o * INPUTS + i] * x[i];
            }
            assertThat(linear).isCloseTo(output(layer, relu, x, o), within(1e-5));
        }
    }

    /** The loss sum_oi c_oi m_oi of the linear map m has the gradient c; differences by kept weights must agree, zeros included. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsOfBothPartsAreThoseOfDifferences(boolean relu) {
        RedundantLayer layer = layer(relu);
        float[] slopes = new float[OUTPUTS * INPUTS];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = Stream.root(9).uniform(i) - 0.5f;
        }
        layer.gradient(slopes);
        int checked = 0;
        for (ScoredWeights part : layer.parts()) {
            for (int k = 0; k < part.size(); k++) {
                float old = part.kept()[k];
                if (relu && part == layer.parts().getFirst() && old == 0) {
                    assertThat(part.gradient()[k]).isZero(); // a ReLU at 0, as in the source
                    continue;
                }
                double step = 1e-2;
                part.kept()[k] = (float) (old + step);
                double more = loss(layer, slopes);
                part.kept()[k] = (float) (old - step);
                double less = loss(layer, slopes);
                part.kept()[k] = old;
                assertThat(part.gradient()[k]).isCloseTo((float) ((more - less) / (2 * step)), within(1e-3f));
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(OUTPUTS * INPUTS * COPIES);
    }

    private static double loss(RedundantLayer layer, float[] slopes) {
        float[] matrix = new float[slopes.length];
        layer.effective(matrix);
        double sum = 0;
        for (int i = 0; i < matrix.length; i++) {
            sum += (double) slopes[i] * matrix[i];
        }
        return sum;
    }

    @Test
    void asManyWeightsAreKeptAsAskedForAndARateOfZeroLeavesThem() {
        for (double sparsity : new double[] {0, 0.5, 0.99}) {
            ScoredWeights weights = new ScoredWeights(1001, 1, 0.1, sparsity, Stream.root(1));
            float[] first = weights.kept().clone();
            int kept = 0;
            for (float weight : first) {
                kept += weight != 0 ? 1 : 0;
            }
            assertThat(kept).isEqualTo(1001 - (int) (sparsity * 1001)).isEqualTo(weights.count());
            Arrays.fill(weights.gradient(), 1f);
            weights.learn(0);
            assertThat(weights.kept()).isEqualTo(first);
            weights.learn(1);
            assertThat(Arrays.equals(weights.kept(), first)).isEqualTo(sparsity == 0);
        }
    }

    /** 784-500-10 with 5 weights for each input, and the plain network of nearest as many. */
    @Test
    void theWideNetworkHasAsManyWeights() {
        assertThat(RedundantLayers.weights(784, 500, 10, 5)).isEqualTo(1_991_420);
        assertThat(RedundantLayers.wideHidden(784, 500, 10, 5)).isEqualTo(2508);
        assertThat(2508 * 794).isBetween(1_991_420 - 794, 1_991_420 + 794);
    }

    @Test
    void scoresLearnAndNothingDependsOnJobsKernelsOrAKill() throws Exception {
        String[] settings = {"data=tiny", "hidden=20", "sparsities=[0.3, 0.5]", "epochs=15", "runs=2"};
        Studies.Stored one = study(1, KernelMode.DENSE, _ -> {}, settings);
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        AtomicInteger lines = new AtomicInteger();
        assertThatThrownBy(() -> study(
                        1,
                        KernelMode.AUTO,
                        _ -> {
                            if (lines.incrementAndGet() == 4) {
                                throw new IllegalStateException("killed");
                            }
                        },
                        settings))
                .hasMessageContaining("killed");
        Studies.Stored again = study(2, KernelMode.SPARSE, _ -> {}, settings);
        assertThat(Files.readAllBytes(again.file())).isEqualTo(first);
        StudyResult.Table table = one.result().tables().getFirst();
        assertThat(table.rows()).hasSize(3 * 2);
        for (List<String> row : table.rows()) {
            assertThat(Double.parseDouble(row.get(4))).isGreaterThan(90); // of three classes, chance is 33
        }
        assertThat(one.result().tables().get(1).rows()).hasSize(2 * 2);
        Studies.Stored still =
                study(2, KernelMode.AUTO, _ -> {}, "data=tiny", "hidden=20", "rate=0", "epochs=1", "runs=1");
        double sum = 0;
        for (List<String> row : still.result().tables().getFirst().rows()) {
            sum += Double.parseDouble(row.get(4));
        }
        assertThat(sum / 12).isLessThan(60); // without learning, random networks guess
    }
}
