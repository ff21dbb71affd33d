package org.espalier.lab.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.data.DataDetails;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportedFormatTest {
    private static final List<String> NAMES = List.of("ant", "bee \"x\"");

    @TempDir
    Path directory;

    @Test
    void whatIsWrittenIsRead() {
        DataSet set = images();
        ImportedFiles.write(set, directory.resolve("set"), false);
        DataSet read = read();
        assertThat(read.train().images()).isEqualTo(set.train().images());
        assertThat(read.train().labels()).isEqualTo(set.train().labels());
        assertThat(read.test().images()).isEqualTo(set.test().images());
        assertThat(read.test().labels()).isEqualTo(set.test().labels());
        assertThat(read.details()).isEqualTo(set.details());
        assertThat(read.shape()).isEqualTo(new ImageShape(1, 2, 3));
        assertThat(read.splits(10_000).validation().size()).isEqualTo(1);
    }

    @Test
    void detailsAreReadWithoutImages() throws IOException {
        DataSet set = table();
        ImportedFiles.write(set, directory.resolve("set"), false);
        Files.write(directory.resolve("set/train-images-idx4-ubyte"), new byte[3]);
        assertThat(DataSets.standard().details("set", Optional.of(directory.resolve("set"))))
                .isEqualTo(set.details());
    }

    @Test
    void equalDataSetsHaveEqualDigests() {
        ImportedFiles.write(table(), directory.resolve("set"), false);
        DataSet first = read();
        ImportedFiles.write(table(), directory.resolve("set"), true);
        assertThat(read().digest()).isEqualTo(first.digest());
        assertThat(read().details().features()).isEqualTo(table().details().features());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data-set.json",
                "train-images-idx4-ubyte",
                "train-labels-idx1-int",
                "test-images-idx4-ubyte",
                "test-labels-idx1-int"
            })
    void aByteThatChangedIsRefused(String file) throws IOException {
        ImportedFiles.write(images(), directory.resolve("set"), false);
        Path changed = directory.resolve("set").resolve(file);
        byte[] bytes = Files.readAllBytes(changed);
        bytes[bytes.length - 2] ^= 1;
        Files.write(changed, bytes);
        assertThatThrownBy(this::read)
                .isInstanceOf(UserException.class)
                .hasMessageContaining(changed + " is damaged: expected SHA-256 ");
    }

    @Test
    void aListOfDigestsThatLacksAFileIsRefused() throws IOException {
        ImportedFiles.write(images(), directory.resolve("set"), false);
        Path sums = directory.resolve("set/SHA256SUMS");
        Files.write(sums, Files.readAllLines(sums).subList(0, 4));
        assertThatThrownBy(this::read).isInstanceOf(UserException.class).hasMessageContaining("SHA256SUMS is damaged");
        Files.writeString(sums, "x\n");
        assertThatThrownBy(this::read).isInstanceOf(UserException.class).hasMessageContaining("SHA256SUMS is damaged");
    }

    @Test
    void nothingIsReplacedUnlessAskedAndNothingElseEver() throws IOException {
        Path set = directory.resolve("set");
        ImportedFiles.write(images(), set, false);
        assertThatThrownBy(() -> ImportedFiles.write(table(), set, false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("exists already: expected another name, or --replace");
        assertThat(read().isTable()).isFalse();
        ImportedFiles.write(table(), set, true);
        assertThat(read().isTable()).isTrue();
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.writeString(other.resolve("thesis.txt"), "years of work");
        assertThatThrownBy(() -> ImportedFiles.write(images(), other, true))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds other files");
        assertThat(other.resolve("thesis.txt")).exists();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(set, other);
        }
    }

    private DataSet read() {
        return DataSets.load("set", Optional.of(directory.resolve("set")), DataProgress.NONE);
    }

    private static DataSet images() {
        Split train = new Split("train", new ImageShape(1, 2, 3), bytes(18), new int[] {0, 1, 1});
        Split test = new Split("test", new ImageShape(1, 2, 3), bytes(12), new int[] {1, 0});
        return new DataSet("set", 1, 2, 2, train, test, Map.of(), new DataDetails(NAMES, 1, List.of()));
    }

    private static DataSet table() {
        Split train = new Split("train", 2, bytes(6), new int[] {0, 1, 1});
        Split test = new Split("test", 2, bytes(4), new int[] {1, 0});
        List<Feature> features =
                List.of(new Feature("a, b", -0.1, 1e9, 0.3f, 0.7f), new Feature("é", 1.0 / 3, 2, 0.1f, 1));
        return new DataSet("set", 1, 2, 2, train, test, Map.of(), new DataDetails(NAMES, 1, features));
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 57);
        }
        return bytes;
    }
}
