package org.espalier.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataFile;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.catalogue.DataSets;
import org.espalier.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's own directory of IDX files. */
class IdxFormatTest {
    @TempDir
    Path directory;

    private final Map<DataFile, byte[]> files = IdxBytes.small();

    @Test
    void anyImageSizeAndNumberOfClassesIsRead() {
        DataSet dataSet = read();
        assertThat(dataSet.name()).isEqualTo("mine");
        assertThat(dataSet.rows()).isEqualTo(2);
        assertThat(dataSet.columns()).isEqualTo(3);
        assertThat(dataSet.features()).isEqualTo(6);
        assertThat(dataSet.classes()).isEqualTo(3);
        assertThat(dataSet.train().labels()).containsExactly(0, 1, 2, 2, 1, 0);
        assertThat(dataSet.test().size()).isEqualTo(2);
        assertThat(dataSet.digests()).isEqualTo(IdxBytes.digests(files));
    }

    @Test
    void compressedFilesMakeTheSameDataSet() {
        DataSet plain = read();
        files.replaceAll((file, bytes) -> IdxBytes.gzip(bytes));
        DataSet compressed = read();
        assertThat(compressed.digest()).isEqualTo(plain.digest());
        assertThat(compressed.train().images()).isEqualTo(plain.train().images());
    }

    @Test
    void aMissingLabelIsRefused() {
        files.put(DataFile.TRAIN_LABELS, IdxBytes.labels(0, 1, 2, 2, 1));
        assertRefused("train-labels-idx1-ubyte does not fit", "expected 6 labels", "found 5");
    }

    @Test
    void testImagesOfAnotherSizeAreRefused() {
        files.put(DataFile.TEST_IMAGES, IdxBytes.images(2, 3, 2));
        assertRefused("t10k-images-idx3-ubyte does not fit", "expected images of 2 x 3", "found 3 x 2");
    }

    @Test
    void aTestLabelBeyondTheTrainingClassesIsRefused() {
        files.put(DataFile.TEST_LABELS, IdxBytes.labels(2, 3));
        assertRefused("t10k-labels-idx1-ubyte", "expected 0 to 2", "found 3 at image 1");
    }

    @Test
    void oneClassIsTooFew() {
        files.put(DataFile.TRAIN_LABELS, IdxBytes.labels(0, 0, 0, 0, 0, 0));
        assertRefused("train-labels-idx1-ubyte", "at least 2 classes", "found only label 0");
    }

    @Test
    void imagesUnderTheNameOfLabelsAreRefused() {
        files.put(DataFile.TEST_LABELS, files.get(DataFile.TEST_IMAGES));
        assertRefused("t10k-labels-idx1-ubyte is not an IDX label file", "0x00000801", "0x00000803");
    }

    @Test
    void aMissingFileAndAMissingDirectoryAreNamed() {
        files.remove(DataFile.TEST_LABELS);
        assertRefused("data set mine", "has no t10k-labels-idx1-ubyte (plain or .gz)");
        assertThatThrownBy(() -> DataSets.load("mine", Optional.of(directory.resolve("none")), DataProgress.NONE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("none does not exist");
        Path file = directory.resolve("t10k-images-idx3-ubyte");
        assertThatThrownBy(() -> DataSets.load("mine", Optional.of(file), DataProgress.NONE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected a directory of data files, found a file");
    }

    private DataSet read() {
        IdxBytes.write(directory, files);
        return DataSets.load("mine", Optional.of(directory), DataProgress.NONE);
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(this::read).isInstanceOf(UserException.class).hasMessageContainingAll(parts);
    }

    @Test
    void aFileOfANearNameIsNamed() throws Exception {
        Path here = Files.createDirectories(directory.resolve("near"));
        Files.write(here.resolve("train-images.idx3-ubyte"), new byte[1]);
        Files.write(here.resolve("test_labels.idx1-ubyte.gz"), new byte[1]);
        assertThatThrownBy(() -> DataSets.load("mine", Optional.of(here), DataProgress.NONE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("has no train-images-idx3-ubyte (plain or .gz); it has train-images.idx3-ubyte:"
                        + " rename it to train-images-idx3-ubyte");
        for (DataFile file : List.of(DataFile.TRAIN_IMAGES, DataFile.TRAIN_LABELS, DataFile.TEST_IMAGES)) {
            Files.write(here.resolve(file.fileName()), new byte[1]);
        }
        assertThatThrownBy(() -> DataSets.load("mine", Optional.of(here), DataProgress.NONE))
                .hasMessageContaining("it has test_labels.idx1-ubyte.gz: rename it to t10k-labels-idx1-ubyte.gz");
    }
}
