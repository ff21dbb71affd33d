package org.espalier.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's own directory in CIFAR-10's binary format. */
class CifarFormatTest {
    @TempDir
    Path directory;

    private final Map<String, byte[]> files = CifarBytes.small();

    @Test
    void imagesKeepTheOrderChannelRowColumn() throws IOException {
        DataSet set = read();
        assertThat(set.shape()).isEqualTo(new ImageShape(32, 32, 3));
        assertThat(set.classes()).isEqualTo(10);
        assertThat(set.train().labels()).containsExactly(1, 2, 2, 3, 3, 4, 4, 5, 5, 6);
        assertThat(set.test().labels()).containsExactly(6, 7, 8);
        for (int image = 0; image < 10; image++) {
            assertPixels(set.train(), image, 1 + image / 2, image % 2);
        }
        for (int image = 0; image < 3; image++) {
            assertPixels(set.test(), image, 6, image);
        }
        assertThat(set).hasToString("mine: 10 training and 3 test images of 32 x 32 x 3 pixels, 10 classes");
    }

    private static void assertPixels(Split split, int image, int file, int record) {
        for (int channel = 0; channel < 3; channel++) {
            for (int row = 0; row < 32; row++) {
                for (int column = 0; column < 32; column++) {
                    int at = ((image * 3 + channel) * 32 + row) * 32 + column;
                    assertThat(split.images()[at]).isEqualTo(CifarBytes.pixel(file, record, channel, row, column));
                }
            }
        }
    }

    @Test
    void theDigestIsThatOfTheLinesOfAllFilesByName() throws IOException {
        StringBuilder lines = new StringBuilder();
        files.forEach((name, bytes) ->
                lines.append(Digests.sha256(bytes)).append("  ").append(name).append('\n'));
        assertThat(read().digest()).isEqualTo(Digests.sha256(lines.toString()));
    }

    @Test
    void compressedFilesAndFilesOfUnequalLengthAreRead() throws IOException {
        files.put("data_batch_2.bin", CifarBytes.file(2, 7));
        DataSet plain = read();
        assertThat(plain.train().size()).isEqualTo(15);
        assertPixels(plain.train(), 8, 2, 6);
        assertPixels(plain.train(), 9, 3, 0);
        Files.delete(directory.resolve("data_batch_3.bin"));
        Files.write(directory.resolve("data_batch_3.bin.gz"), IdxBytes.gzip(files.remove("data_batch_3.bin")));
        assertThat(read().digest()).isEqualTo(plain.digest());
    }

    @Test
    void aShortFileIsRefused() {
        files.computeIfPresent("data_batch_4.bin", (name, bytes) -> Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(
                "data_batch_4.bin is truncated: expected whole records of 3073 bytes",
                "found 6145 bytes, which are 1 records and 3072 bytes");
        files.put("data_batch_4.bin", new byte[0]);
        assertRefused("data_batch_4.bin is truncated", "found 0 bytes");
    }

    @Test
    void aLabelAboveNineIsRefused() {
        byte[] wrong = CifarBytes.file(6, 3);
        wrong[3073] = 10;
        files.put("test_batch.bin", wrong);
        assertRefused("test_batch.bin has label 10 in record 1 (from 0), expected a class from 0 to 9");
        wrong[3073] = (byte) 255;
        assertRefused("has label 255 in record 1");
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        files.remove("data_batch_3.bin");
        assertRefused("data set mine", "has no data_batch_3.bin (plain or .gz)");
        Path empty = Files.createDirectories(directory.resolve("empty"));
        assertThatThrownBy(() -> DataSets.load("mine", Optional.of(empty), DataProgress.NONE))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(
                        "empty has no data files: expected train-images-idx3-ubyte, ", " (idx), or data_batch_1.bin, ")
                .hasMessageContaining("test_batch.bin (cifar-binary)");
    }

    @Test
    void filesOfOneKindAmongAnotherAreNoHindrance() throws IOException {
        Files.write(directory.resolve("train-images-idx3-ubyte"), new byte[1]);
        assertThat(read().train().size()).isEqualTo(10);
    }

    @Test
    void thePublishedNameIsHeldToThePublishedFiles() throws IOException {
        read();
        assertThatThrownBy(() -> DataSets.load("cifar10", Optional.of(directory), DataProgress.NONE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "data_batch_1.bin is not the data_batch_1.bin of cifar10: expected SHA-256 cee91656");
    }

    private DataSet read() throws IOException {
        for (var file : files.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
        return DataSets.load("mine", Optional.of(directory), DataProgress.NONE);
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::read)
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }
}
