package org.espalier.lab.study.graph;

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
import org.espalier.lab.study.StudyResult;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphSearchTest {
    private static final DataSet DATA = MadeUpData.of(
            "tiny",
            6,
            MadeUpData.split("train", 200, 36, 7, 60, 190, 1000),
            MadeUpData.split("test", 20, 36, 7, 60, 190, 1000));

    @TempDir
    private Path directory;

    private Studies.Stored study(int jobs, Consumer<String> progress, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "data=tiny",
                "nodes=120",
                "labelled=5",
                "validation=5",
                "masks=[none, jaccard-0.5, svd-4]",
                "hidden=[2, 6]",
                "graphs=3",
                "epochs=20",
                "runs=2",
                "shares=[0, 0.5]",
                "lambda=0.3"));
        settings.addAll(List.of(more));
        return Studies.run(
                Studies.kind("graph-search-style"),
                directory,
                settings,
                jobs,
                KernelMode.AUTO,
                (_, _) -> DATA,
                progress);
    }

    private static double number(StudyResult.Table table, List<String> row, String heading) {
        return Double.parseDouble(row.get(table.headings().indexOf(heading)));
    }

    @Test
    void nothingDependsOnJobsOrAKill() throws Exception {
        byte[] first = Files.readAllBytes(study(1, _ -> {}).file());
        Files.delete(study(1, _ -> {}).file());
        int[] lines = new int[1];
        assertThatThrownBy(() -> study(1, _ -> {
                    if (++lines[0] == 5) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
        assertThat(Files.readAllBytes(study(2, _ -> {}).file())).isEqualTo(first);
    }

    @Test
    void theFitnessSubtractsTheDivergenceAndEachPickIsTheBestOfItsRun() {
        List<StudyResult.Table> tables = study(2, _ -> {}, "runs=1").result().tables();
        StudyResult.Table choice = tables.getFirst();
        StudyResult.Table chosen = tables.get(2);
        StudyResult.Table all = tables.get(3);
        assertThat(choice.rows()).extracting(List::getFirst).containsExactly("fitness", "accuracy alone", "random");
        assertThat(all.rows()).hasSize(6);
        double fittest = Double.NEGATIVE_INFINITY;
        double mostAccurate = 0;
        for (List<String> row : all.rows()) {
            double divergence = number(all, row, "divergence");
            assertThat(divergence).isPositive();
            assertThat(number(all, row, "fitness"))
                    .isCloseTo(number(all, row, "validation %") / 100 - 0.3 * divergence, within(2e-4));
            fittest = Math.max(fittest, number(all, row, "fitness"));
            mostAccurate = Math.max(mostAccurate, number(all, row, "validation %"));
        }
        assertThat(number(chosen, chosen.rows().get(0), "fitness")).isEqualTo(fittest);
        assertThat(number(chosen, chosen.rows().get(1), "validation %")).isEqualTo(mostAccurate);
        for (List<String> row : choice.rows()) {
            assertThat(number(choice, row, "DICE 0 %")).isEqualTo(number(choice, row, "clean"));
            assertThat(number(choice, row, "edges 0 %")).isEqualTo(number(choice, row, "clean"));
        }
        assertThat(tables.getLast().rows()).extracting(List::getFirst).hasSize(3);
    }

    /** Without weight on the divergence the fitness is the accuracy. */
    @Test
    void withoutWeightBothPicksAreTheSame() {
        StudyResult.Table chosen =
                study(2, _ -> {}, "lambda=0").result().tables().get(2);
        for (int run = 0; run < 2; run++) {
            List<String> fitness = chosen.rows().get(run);
            List<String> accuracy = chosen.rows().get(2 + run);
            assertThat(fitness.subList(1, 7)).isEqualTo(accuracy.subList(1, 7));
        }
    }

    /** Of 0.9, 0.1 against 0.5, 0.5: 0.9 ln 1.8 + 0.1 ln 0.2. */
    @Test
    void theDivergenceIsKullbackAndLeiblers() {
        double[] before = {StrictMath.log(9), 0, 5, 5};
        double[] after = {0, 0, 1, 1};
        double expected = 0.9 * StrictMath.log(1.8) + 0.1 * StrictMath.log(0.2);
        assertThat(GraphSearch.divergence(before, after, 2, new int[] {0})).isCloseTo(expected, within(1e-12));
        assertThat(GraphSearch.divergence(before, after, 2, new int[] {0, 1})).isCloseTo(expected / 2, within(1e-12));
    }

    /** Intersection over union of {0, 1, 2} and {1, 2, 3, 4}. */
    @Test
    void jaccardCutsEdgesOfNodesThatShareLittle() {
        BitSet a = BitSet.valueOf(new long[] {0b00111});
        BitSet b = BitSet.valueOf(new long[] {0b11110});
        assertThat(GraphMask.Jaccard.similarity(a, b)).isEqualTo(0.4);
        assertThat(GraphMask.Jaccard.similarity(new BitSet(), new BitSet())).isZero();
        NeighbourGraph pair = NeighbourGraph.of(MadeUpData.split("two", 2, 9, 7, 140, 100, 1000), 1);
        assertThat(pair.edges()).isEqualTo(1);
        BitSet[] ink = {a, b};
        double[] one = {1, 0};
        assertThat(new GraphMask.Jaccard(0.4).of(pair, ink, Stream.root(1)).times(one, 1))
                .containsExactly(0.5, 0.5);
        assertThat(new GraphMask.Jaccard(0.41).of(pair, ink, Stream.root(1)).times(one, 1))
                .containsExactly(1, 0);
    }

    /** The matrix of separate cliques has rank 1 for each: all values 1 / size. */
    @Test
    void aLowRankIsExactWhereTheMatrixHasIt() {
        Propagation cliques =
                new Propagation.Sparse(new int[][] {{0, 1, 2}, {0, 1, 2}, {0, 1, 2}, {3, 4}, {3, 4}}, new double[][] {
                    {1 / 3.0, 1 / 3.0, 1 / 3.0},
                    {1 / 3.0, 1 / 3.0, 1 / 3.0},
                    {1 / 3.0, 1 / 3.0, 1 / 3.0},
                    {0.5, 0.5},
                    {0.5, 0.5}
                });
        double[] matrix = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        double[] exact = cliques.times(matrix, 2);
        double[] low = LowRank.of(cliques, 2, Stream.root(1)).times(matrix, 2);
        for (int i = 0; i < exact.length; i++) {
            assertThat(low[i]).isCloseTo(exact[i], within(1e-12));
        }
    }

    /** Of eigenvalues 3, -2 and 1 on known vectors, rank 2 keeps the two of the largest size. */
    @Test
    void aLowRankKeepsTheEigenvaluesOfLargestSize() {
        double[][] vectors = {
            {2 / 3.0, 2 / 3.0, 1 / 3.0},
            {-2 / 3.0, 1 / 3.0, 2 / 3.0},
            {1 / 3.0, -2 / 3.0, 2 / 3.0}
        };
        double[] values = {1, -2, 3};
        int[][] columns = {{0, 1, 2}, {0, 1, 2}, {0, 1, 2}};
        Propagation matrix = new Propagation.Sparse(columns, sum(vectors, values));
        LowRank low = LowRank.of(matrix, 2, Stream.root(1));
        assertThat(low.values()[0]).isCloseTo(3, within(1e-12));
        assertThat(low.values()[1]).isCloseTo(-2, within(1e-12));
        double[][] expected = sum(vectors, new double[] {0, -2, 3});
        double[] unit = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        double[] found = low.times(unit, 3);
        for (int i = 0; i < 9; i++) {
            assertThat(found[i]).isCloseTo(expected[i / 3][i % 3], within(1e-12));
        }
    }

    private static double[][] sum(double[][] vectors, double[] values) {
        double[][] matrix = new double[3][3];
        for (int k = 0; k < 3; k++) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    matrix[i][j] += values[k] * vectors[k][i] * vectors[k][j];
                }
            }
        }
        return matrix;
    }

    @Test
    void settingsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> study(1, _ -> {}, "nodes=300"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nodes is 300, expected");
        assertThatThrownBy(() -> study(1, _ -> {}, "validation=100"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no node is left to test");
        assertThatThrownBy(() -> study(1, _ -> {}, "masks=[rank-3]"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rank-3");
    }
}
