package org.espalier.lab.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.dataset.read.FeatureRows;
import org.espalier.lab.dataset.read.Tables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetImportTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arrow-none",
                "arrow-snappy",
                "arrow-gzip",
                "arrow-zstd",
                "arrow-v2",
                "arrow-encodings",
                "arrow-lengths",
                "polars",
                "duckdb",
                "duckdb-v2"
            })
    void anyWritersFileGivesTheDataSetOfTheCsvFile(String name) {
        DataSet expected = imported("all.csv", options("kind")).set();
        DataSet set = imported(name + ".parquet", options("kind")).set();
        assertThat(set.details()).isEqualTo(expected.details());
        assertThat(set.details().classNames()).containsExactly("cat", "dog", "Å");
        assertThat(set.train().floats()).isNotEmpty().isEqualTo(expected.train().floats());
        assertThat(set.train().labels()).isEqualTo(expected.train().labels());
        assertThat(set.test().floats()).isEqualTo(expected.test().floats());
        float[] rows = FeatureRows.read(resource(name + ".parquet"), features(expected));
        assertThat(rows).isEqualTo(FeatureRows.read(resource("all.csv"), features(expected)));
    }

    private static List<Feature> features(DataSet set) {
        return set.details().features();
    }

    @Test
    void numbersAndTruthValuesAreLabels() {
        assertThat(imported("index.parquet", options("label")).set().details().classNames())
                .containsExactly("0", "1");
        assertThat(imported("arrow-snappy.parquet", options("yes", "kind"))
                        .set()
                        .details()
                        .classNames())
                .containsExactly("false", "true");
        assertThatThrownBy(() -> imported("arrow-snappy.parquet", options("dec", "kind")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "arrow-snappy.parquet, row 2 has label 0.25, expected whole numbers or names of classes");
    }

    @Test
    void columnsThatAreDroppedMayBeAnything() {
        ImportResult result = imported("mixed.parquet", options("label", "a", "s", "t", "w", "nan"));
        assertThat(result.set().details().features()).extracting(Feature::name).containsExactly("b");
    }

    @ParameterizedTest
    @CsvSource({
        "null, '', 'null.parquet, row 3 has no value (null) in column a, expected one; --drop leaves a column out'",
        "mixed, '', 'mixed.parquet, row 1 has a nested value in column a, expected a number; --drop leaves a column out'",
        "mixed, 'a', 'row 1 has a nested value in column s, expected a number'",
        "mixed, 'a s', 'row 1 has a date or time in column t, expected a number'",
        "mixed, 'a s t', 'mixed.parquet, row 1 has \"p\" in column w, expected a number; --drop leaves a column out'",
        "mixed, 'a s t w', 'mixed.parquet, row 2 has NaN in column nan, expected a finite number'",
        "lz4, '', 'lz4.parquet is compressed by LZ4, expected no compression, Snappy, gzip or Zstandard'",
        "brotli, '', 'brotli.parquet is compressed by Brotli, expected no compression, Snappy, gzip or Zstandard'"
    })
    void whatIsNoNumberIsRefusedWithRowAndColumn(String file, String drop, String message) {
        String[] dropped = drop.isEmpty() ? new String[0] : drop.split(" ");
        assertThatThrownBy(() -> imported(file + ".parquet", options("label", dropped)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message)
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("\n");
    }

    @Test
    void aListIsNoLabel() {
        assertThatThrownBy(() -> imported("mixed.parquet", options("a", "label", "s", "t", "w", "nan")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("row 1 has a nested value in column a, expected a label: a text or a number");
    }

    @Test
    void theIndexOfAPandasTableIsLeftOut() {
        ImportResult result = imported("index.parquet", options("label"));
        assertThat(result.set().features()).isEqualTo(1);
        assertThat(result.notes())
                .anyMatch(note -> note.startsWith("left out: column __index_level_0__ of ")
                        && note.endsWith("index.parquet, the index that pandas writes"));
    }

    @Test
    void floatsOfSixteenBitsAndRowsOfPixelsAreRead() {
        ArrayOptions images = new ArrayOptions(
                Optional.of("label"), Optional.of(new ImageShape(1, 1)), ArrayOptions.Order.AUTO, false);
        Feature half = imported("half.parquet", options("label"))
                .set()
                .details()
                .features()
                .getFirst();
        assertThat(half.low() * 8).isEqualTo(Math.rint(half.low() * 8));
        assertThat(half.high()).isBetween(3.0, 29 / 8.0);
        DataSet set = imported(
                        "index.parquet",
                        SourceFiles.tables(new Tables.Options(images, true, List.of("__index_level_0__"))))
                .set();
        assertThat(set.isTable()).isFalse();
        byte[] all = Arrays.copyOf(set.train().images(), 30);
        System.arraycopy(
                set.test().images(), 0, all, set.train().size(), set.test().size());
        Arrays.sort(all);
        assertThat(all).startsWith(0, 1, 2, 3).endsWith(27, 28, 29);
    }

    @Test
    void aFolderMayHoldTablesOfBothKinds() throws IOException {
        Files.copy(resource("all.csv"), directory.resolve("train.csv"));
        Files.copy(resource("polars.parquet"), directory.resolve("test.parquet"));
        ImportResult result = DataImport.of(List.of(directory), "set", options("kind"));
        assertThat(result.set().test().size()).isEqualTo(40);
        assertThat(result.given()).contains("training", "test");
        Path cut = directory.resolve("cut.parquet");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(resource("polars.parquet")), 1000));
        assertThatThrownBy(() -> DataImport.of(List.of(cut), "set", options("kind")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cut.parquet has no PAR1 at its end, expected a whole Parquet file");
    }

    private static ImportResult imported(String name, DataImportSettings settings) {
        return DataImport.of(List.of(resource(name)), "set", settings);
    }

    private static DataImportSettings options(String label, String... drop) {
        ArrayOptions arrays = new ArrayOptions(Optional.of(label), Optional.empty(), ArrayOptions.Order.AUTO, false);
        return SourceFiles.tables(new Tables.Options(arrays, true, List.of(drop)));
    }

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(ParquetImportTest.class.getResource("parquet/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
