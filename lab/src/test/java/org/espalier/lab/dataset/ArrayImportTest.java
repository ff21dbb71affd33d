package org.espalier.lab.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.format.ImportedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrayImportTest {
    private static final ArrayOptions USUAL =
            new ArrayOptions(Optional.empty(), Optional.empty(), ArrayOptions.Order.AUTO, false);

    @TempDir
    Path directory;

    @Test
    void anArchiveHasPairsByTheirNames() throws IOException {
        ImportResult result = npz(
                Map.of(
                        "train_images", SourceFiles.bytes(20, 2, 3),
                        "train_labels", SourceFiles.alternating(20),
                        "val_images", SourceFiles.bytes(4, 2, 3),
                        "val_labels", SourceFiles.alternating(4),
                        "test_images", SourceFiles.bytes(6, 2, 3),
                        "test_labels", SourceFiles.alternating(6)),
                USUAL);
        assertThat(result.given()).containsExactly("training", "validation", "test");
        assertThat(result.set().shape()).isEqualTo(new ImageShape(2, 3));
        assertThat(result.set().details().classNames()).containsExactly("0", "1");
        assertThat(result.set().details().validation()).isEqualTo(4);
        assertThat(result.set().test().size()).isEqualTo(6);
    }

    @Test
    void filesOfOneArrayGoTogether() throws IOException {
        Path x = SourceFiles.write(
                directory.resolve("x.npy"), SourceFiles.bytes(20, 2, 3).encode());
        Path y = SourceFiles.write(
                directory.resolve("y.npy"), SourceFiles.alternating(20).encode());
        DataSet set =
                DataImport.of(List.of(x, y), "set", SourceFiles.arrays(USUAL)).set();
        assertThat(set.train().size() + set.test().size()).isEqualTo(20);
        assertThat(DataImport.of(List.of(directory), "set", SourceFiles.arrays(USUAL))
                        .set()
                        .test()
                        .images())
                .isEqualTo(set.test().images());
    }

    @ParameterizedTest
    @CsvSource({"2,2,3,LAST", "3,2,2,FIRST"})
    void channelsStandWhereTheSizesSay(int a, int b, int c, String order) throws IOException {
        DataSet set = pairs(SourceFiles.bytes(20, a, b, c), USUAL).set();
        assertThat(set.shape()).isEqualTo(new ImageShape(2, 2, 3));
        byte[] first = image(set, 0);
        boolean last = order.equals("LAST");
        // The image that begins with value v counts up in the file's order.
        int v = first[0] & 0xff;
        for (int channel = 0; channel < 3; channel++) {
            for (int pixel = 0; pixel < 4; pixel++) {
                int place = last ? pixel * 3 + channel : channel * 4 + pixel;
                assertThat(first[channel * 4 + pixel] & 0xff).isEqualTo((v + place) % 256);
            }
        }
    }

    @Test
    void floatsOfTheTwoHundredAndFiftySixStepsBecomeBytesAndOthersStay() throws IOException {
        float[] values = new float[20];
        Arrays.fill(values, 1);
        values[3] = 128 / 255f;
        DataSet bytes = pairs(NpyArray.of(List.of(20, 1, 1), values), USUAL).set();
        assertThat(bytes.train().isFloat()).isFalse();
        assertThat(sum(bytes)).isEqualTo(19 + (double) (128 / 255f));
        values[3] = 0.5f;
        values[4] = Float.MIN_VALUE;
        DataSet floats = pairs(NpyArray.of(List.of(20, 1, 1), values), USUAL).set();
        assertThat(floats.train().isFloat()).isTrue();
        assertThat(sum(floats)).isEqualTo(18.5);
        Path stored = directory.resolve("stored");
        ImportedFiles.write(floats, stored, false);
        assertThat(stored.resolve("train-images-idx4-float")).exists();
        assertThat(stored.resolve("train-images-idx4-ubyte")).doesNotExist();
        DataSet read = DataSets.load("set", Optional.of(stored), DataProgress.NONE);
        assertThat(read.train().floats()).isEqualTo(floats.train().floats());
        assertThat(read.test().floats()).isEqualTo(floats.test().floats());
        assertThat(read.splits(1).validation().floats())
                .isEqualTo(
                        Arrays.copyOf(floats.train().floats(), floats.details().validation()));
        DataSet again = DataImport.of(List.of(stored), "set", DataImportSettings.usual())
                .set();
        assertThat(again.train().floats()).isEqualTo(floats.train().floats());
        byte[] file = Files.readAllBytes(stored.resolve("test-images-idx4-float"));
        assertThat(Arrays.copyOf(file, 8))
                .containsExactly(0, 0, 0x0D, 4, 0, 0, 0, floats.test().size());
        file[file.length - 4] ^= 1;
        Files.write(stored.resolve("test-images-idx4-float"), file);
        assertThatThrownBy(() -> DataSets.load("set", Optional.of(stored), DataProgress.NONE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("test-images-idx4-float");
    }

    private static double sum(DataSet set) {
        double sum = 0;
        for (Split split : List.of(set.train(), set.test())) {
            for (int i = 0; i < split.size(); i++) {
                sum += split.pixel(i, 0);
            }
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"NaN", "1.5", "-0.1", "Infinity"})
    void otherNumbersAreRefusedWithTheirPlace(float wrong) throws IOException {
        float[] values = new float[40];
        values[7] = wrong;
        assertThatThrownBy(() -> pairs(NpyArray.of(List.of(20, 1, 2), values), USUAL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("x has value " + (double) wrong + " at place 1 of example 3 (from 0)");
    }

    @Test
    void rowsNeedAShapeOrAreFeatures() throws IOException {
        NpyArray rows = SourceFiles.bytes(20, 12);
        assertThatThrownBy(() -> pairs(rows, USUAL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected --shape HxW");
        ArrayOptions shaped = new ArrayOptions(
                Optional.empty(), Optional.of(new ImageShape(2, 2, 3)), ArrayOptions.Order.AUTO, false);
        assertThat(pairs(rows, shaped).set().shape()).isEqualTo(new ImageShape(2, 2, 3));
        ArrayOptions features = new ArrayOptions(Optional.empty(), Optional.empty(), ArrayOptions.Order.AUTO, true);
        DataSet table = pairs(rows, features).set();
        assertThat(table.isTable()).isTrue();
        assertThat(table.details().features().getFirst().name()).isEqualTo("x1");
    }

    @Test
    void sizesThatDoNotSayWhereChannelsStandAreRefused() throws IOException {
        assertThatThrownBy(() -> pairs(SourceFiles.bytes(20, 3, 4, 3), USUAL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--channels first or --channels last");
        ArrayOptions first = new ArrayOptions(Optional.empty(), Optional.empty(), ArrayOptions.Order.FIRST, false);
        assertThat(pairs(SourceFiles.bytes(20, 3, 4, 3), first).set().shape()).isEqualTo(new ImageShape(4, 3, 3));
    }

    @Test
    void objectsLyingShapesAndOtherTypesAreRefused() throws IOException {
        byte[] sound = SourceFiles.bytes(20, 1, 1).encode();
        byte[] objects = new String(sound, StandardCharsets.ISO_8859_1)
                .replace("'|u1'", "'|O8'")
                .getBytes(StandardCharsets.ISO_8859_1);
        Path x = SourceFiles.write(directory.resolve("x.npy"), objects);
        Path y = SourceFiles.write(
                directory.resolve("y.npy"), SourceFiles.alternating(20).encode());
        assertThatThrownBy(() -> DataImport.of(List.of(x, y), "set", SourceFiles.arrays(USUAL)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(x + " holds Python objects");
        SourceFiles.write(x, Arrays.copyOf(sound, sound.length - 1));
        assertThatThrownBy(() -> DataImport.of(List.of(x, y), "set", SourceFiles.arrays(USUAL)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(x + " is damaged: an array of shape [20, 1, 1] has 19 bytes, expected 20");
    }

    @Test
    void labelsFitTheImagesAndHaveNoGaps() throws IOException {
        assertThatThrownBy(() -> npz(Map.of("x", SourceFiles.bytes(20, 1, 1), "y", SourceFiles.alternating(19)), USUAL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("y has 19 labels, expected 20");
        int[] gap = new int[20];
        Arrays.setAll(gap, i -> i % 2 * 3);
        assertThatThrownBy(() -> npz(Map.of("x", SourceFiles.bytes(20, 1, 1), "y", SourceFiles.labels(gap)), USUAL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no example has label 1: expected every label from 0 to 3, or --allow-gaps");
        assertThatThrownBy(() -> npz(Map.of("x", SourceFiles.bytes(20, 1, 1)), USUAL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("are no pairs of examples and labels");
    }

    private ImportResult pairs(NpyArray x, ArrayOptions options) throws IOException {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        arrays.put("x", x);
        arrays.put("y", SourceFiles.alternating(x.shape().getFirst()));
        return npz(arrays, options);
    }

    private ImportResult npz(Map<String, NpyArray> arrays, ArrayOptions options) throws IOException {
        Path file = SourceFiles.write(directory.resolve("data.npz"), NpzFile.encode(arrays));
        return DataImport.of(List.of(file), "set", SourceFiles.arrays(options));
    }

    private static byte[] image(DataSet set, int image) {
        return Arrays.copyOfRange(set.train().images(), image * set.features(), (image + 1) * set.features());
    }
}
