package org.espalier.lab.study.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrunedLenetTest {
    private static final List<String> SETTINGS = List.of(
            "data=tiny",
            "runs=2",
            "halvings=1",
            "epochs=1",
            "images=5",
            "arms=[global, filter]",
            "distance-images=4",
            "cw-steps=5",
            "brendel-bethge-steps=20");

    @TempDir
    private Path directory;

    private static DataSet data() {
        return MadeUpData.of("tiny", 28, split("train", 70), split("test", 20));
    }

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, 784, 7, 140, 100, 1000);
    }

    private Studies.Stored study(int jobs, KernelMode kernels, Consumer<String> progress) {
        return Studies.run(
                Studies.kind("merkle-lenet5"), directory, SETTINGS, jobs, kernels, (_, _) -> data(), progress);
    }

    /** The column params_left of the authors' files of results. */
    @Test
    void countsAreThoseOfTheAuthorsFiles() {
        assertThat(counts(PrunedLenet.Arm.GLOBAL)).containsExactly(30_735, 15_368, 7_684, 3_842, 1_921, 960);
        assertThat(counts(PrunedLenet.Arm.LAYER)).containsExactly(30_735, 15_368, 7_684, 3_841, 1_921, 961);
    }

    private static List<Integer> counts(PrunedLenet.Arm arm) {
        Architecture lenet = new Architecture(NamedNetworks.graph("lenet5", Shape.of(1, 28, 28), 10));
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(lenet, Stream.root(4));
        List<Integer> counts = new ArrayList<>();
        Mask mask = Mask.dense(lenet);
        for (int level = 1; level <= 6; level++) {
            mask = arm.prune(new StoredNetwork(weights, mask), level, Stream.root(level));
            counts.add(mask.count());
        }
        return counts;
    }

    @Test
    void eachLevelHalvesTheWeightsAndNothingDependsOnJobsKernelsOrAKill() throws Exception {
        Studies.Stored one = study(1, KernelMode.DENSE, _ -> {});
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        AtomicInteger lines = new AtomicInteger();
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {
                    if (lines.incrementAndGet() == 5) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessageContaining("killed");
        assertThat(Files.readAllBytes(study(2, KernelMode.SPARSE, _ -> {}).file()))
                .isEqualTo(first);
        StudyResult.Table table = one.result().tables().getFirst();
        assertThat(table.rows()).hasSize(4);
        int weights = table.headings().indexOf("weights");
        int dense = Integer.parseInt(table.rows().getFirst().get(weights));
        assertThat(Integer.parseInt(table.rows().get(1).get(weights))).isEqualTo(dense - Math.round(dense / 2f));
        assertThat(dense - Integer.parseInt(table.rows().get(3).get(weights))).isEqualTo(75 + 1200);
        assertThat(table.rows().get(3).get(table.headings().indexOf("filters"))).isEqualTo("11.0");
        assertThat(table.rows().getFirst().get(table.headings().indexOf("published %")))
                .isEqualTo("98.91");
        assertThat(table.rows().getFirst().get(table.headings().indexOf("published L2")))
                .isEqualTo("2.67");
        for (List<String> row : table.rows()) {
            assertThat(row.get(table.headings().indexOf("C&W L2"))).isNotEmpty();
            assertThat(row.get(table.headings().indexOf("B&B L0"))).isNotEmpty();
        }
        List<List<String>> bumps = one.result().tables().get(1).rows().stream()
                .filter(row -> row.getFirst().startsWith("C&W median at 1/2"))
                .toList();
        assertThat(bumps).hasSize(2);
        assertThat(bumps.getFirst().subList(3, 5)).containsExactly("0.33", "above 0");
        assertThat(bumps.getFirst().getLast()).isIn("yes", "no");
        assertThat(bumps.get(1).subList(3, 6)).containsExactly("-0.22", "", ""); // none was published for filters
    }

    /** Weights left by the published filter pruning, level by level. */
    @Test
    void filtersAreTakenAsManyAsPublished() {
        Architecture network = new Architecture(NamedNetworks.graph("lenet5", Shape.of(1, 28, 28), 10));
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(1));
        Mask mask = Mask.dense(network);
        List<Integer> left = new ArrayList<>();
        List<Integer> alive = new ArrayList<>();
        for (int level = 1; level <= 6; level++) {
            mask = FilterPruning.prune(mask, weights, 1 - Math.scalb(1.0, -level));
            weights.apply(mask);
            left.add(mask.count());
            alive.add(FilterPruning.alive(mask));
        }
        assertThat(left).containsExactly(60195, 59570, 59245, 59070, 58920, 58920);
        assertThat(alive).containsExactly(11, 6, 3, 1, 0, 0);
    }

    @Test
    void theSmallestFiltersGo() {
        Architecture network = new Architecture(NamedNetworks.graph("lenet5", Shape.of(1, 28, 28), 10));
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(1));
        float[] first = weights.matrix(0);
        for (int i = 0; i < first.length; i++) {
            first[i] = (i % 2 == 0 ? -1 : 1) * new float[] {3, 0.5f, 2, 1, 5, 4}[i / 25];
        }
        Mask mask = FilterPruning.prune(Mask.dense(network), weights, 0.5);
        for (int i = 0; i < first.length; i++) {
            assertThat(mask.keeps(0, i)).isEqualTo(i / 25 == 0 || i / 25 >= 4);
        }
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Distances.median(new double[] {4, 1, 2, Double.POSITIVE_INFINITY}))
                .isEqualTo(3);
        assertThat(Distances.median(new double[] {5, 1, 2})).isEqualTo(2);
    }
}
