package org.espalier.lab.study.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrunedLenetTest {
    @TempDir
    private Path directory;

    private static DataSet data() {
        return MadeUpData.of("tiny", 28, split("train", 70), split("test", 20));
    }

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, 784, 7, 140, 100, 1000);
    }

    private Studies.Stored study(int jobs, KernelMode kernels) {
        return Studies.run(
                Studies.kind("merkle-lenet5"),
                directory,
                List.of("data=tiny", "runs=2", "halvings=1", "epochs=1", "images=5", "arms=[global]"),
                jobs,
                kernels,
                (_, _) -> data(),
                _ -> {});
    }

    @Test
    void eachLevelHalvesTheWeightsAndNothingDependsOnJobsOrKernels() throws Exception {
        Studies.Stored one = study(1, KernelMode.DENSE);
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        assertThat(Files.readAllBytes(study(2, KernelMode.SPARSE).file())).isEqualTo(first);
        StudyResult.Table table = one.result().tables().getFirst();
        assertThat(table.rows()).hasSize(2);
        int dense = Integer.parseInt(table.rows().getFirst().get(2));
        assertThat(Integer.parseInt(table.rows().get(1).get(2))).isEqualTo(dense - Math.round(dense / 2f));
        assertThat(table.rows().getFirst().get(4)).isEqualTo("98.91");
    }
}
