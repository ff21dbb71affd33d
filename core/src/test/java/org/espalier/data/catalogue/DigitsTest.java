package org.espalier.data.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Splits;
import org.espalier.data.source.KnownDataSets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled files are the published ones. */
class DigitsTest {
    @Test
    void theBundledDigitsAreMnist(@TempDir Path cache) {
        FoundDataSet found = new DataSets(KnownDataSets.ALL, cache).find("digits", Optional.empty(), DataProgress.NONE);
        DataSet digits = found.dataSet();
        assertThat(found.source()).isEqualTo("bundled with espalier");
        assertThat(digits.rows()).isEqualTo(28);
        assertThat(digits.columns()).isEqualTo(28);
        assertThat(digits.classes()).isEqualTo(10);
        assertThat(digits.train().size()).isEqualTo(60_000);
        assertThat(digits.test().size()).isEqualTo(10_000);
        // The labels that every MNIST tutorial begins with, and the mean pixel that is often quoted (0.1307).
        assertThat(digits.train().labels()).startsWith(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
        assertThat(digits.test().labels()).startsWith(7, 2, 1, 0, 4);
        long sum = 0;
        for (byte pixel : digits.train().images()) {
            sum += pixel & 0xff;
        }
        assertThat(sum / 255.0 / digits.train().images().length).isBetween(0.13065, 0.13067);
        Splits splits = digits.splits(DataSet.PAPER_VALIDATION);
        assertThat(splits.train().size()).isEqualTo(50_000);
        assertThat(splits.train().labels()[0]).isEqualTo(digits.train().labels()[10_000]);
        assertThat(cache).isEmptyDirectory();
    }
}
