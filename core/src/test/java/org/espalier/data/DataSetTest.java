package org.espalier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;

class DataSetTest {
    @Property(tries = 100)
    void theFirstImagesAreForValidationAndTheRestForTraining(
            @ForAll @IntRange(min = 2, max = 50) int size,
            @ForAll @IntRange(min = 1, max = 49) int validation,
            @ForAll @IntRange(min = 1, max = 9) int features) {
        DataSet dataSet = dataSet(size, features);
        if (validation >= size) {
            assertThatThrownBy(() -> dataSet.splits(validation))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("expected 1 to " + (size - 1));
            return;
        }
        Splits splits = dataSet.splits(validation);
        assertThat(splits.validation().size()).isEqualTo(validation);
        assertThat(splits.train().size()).isEqualTo(size - validation);
        assertThat(splits.test()).isSameAs(dataSet.test());
        for (int k = 0; k < size; k++) {
            Split split = k < validation ? splits.validation() : splits.train();
            int at = k < validation ? k : k - validation;
            assertThat(split.labels()[at]).isEqualTo(dataSet.train().labels()[k]);
            assertThat(Arrays.copyOfRange(split.images(), at * features, (at + 1) * features))
                    .isEqualTo(Arrays.copyOfRange(dataSet.train().images(), k * features, (k + 1) * features));
        }
    }

    @Test
    void theShapeOfAnImageTravelsWithEverySplit() {
        DataSet set = new DataSet("x", 2, 3, 10, split(5, 6), split(3, 6), Map.of());
        assertThat(set.shape()).isEqualTo(new ImageShape(2, 3));
        Splits splits = set.splits(2);
        for (Split each : List.of(set.test(), splits.train(), splits.validation(), splits.test())) {
            assertThat(each.shape()).isEqualTo(new ImageShape(2, 3));
        }
        assertThat(new DataSet("x", 1, 2, 10, split(5, 6), split(3, 6), Map.of()).shape())
                .isEqualTo(new ImageShape(1, 2, 3));
        assertThatThrownBy(() -> new DataSet("x", 4, 1, 10, split(5, 6), split(3, 6), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 inputs are no images of 4 x 1 pixels");
    }

    @Test
    void noValidationImagesIsRefused() {
        assertThatThrownBy(() -> dataSet(10, 4).splits(0))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("validation size 0");
    }

    @Test
    void aSplitRefusesPixelsThatDoNotFitItsLabels() {
        assertThatThrownBy(() -> new Split("train", 4, new byte[11], new int[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12 bytes, got 11");
    }

    @Test
    void theDigestIsThatOfTheFourDigestLines() {
        // printf 'aa  train-images-idx3-ubyte\nbb  t10k-labels-idx1-ubyte\n' | sha256sum
        DataSet dataSet = new DataSet(
                "x",
                1,
                4,
                2,
                split(1, 4),
                split(1, 4),
                Map.of(DataFile.TEST_LABELS, "bb", DataFile.TRAIN_IMAGES, "aa"));
        assertThat(dataSet.digest()).isEqualTo("99c21b430193eb6d1c7fecb866b3189b48ae8c7db54d46693369e390362bf296");
    }

    private static DataSet dataSet(int size, int features) {
        return new DataSet("x", 1, features, 10, split(size, features), split(3, features), Map.of());
    }

    private static Split split(int size, int features) {
        byte[] images = new byte[size * features];
        int[] labels = new int[size];
        for (int p = 0; p < images.length; p++) {
            images[p] = (byte) (p * 31);
        }
        for (int k = 0; k < size; k++) {
            labels[k] = k * 7 % 10;
        }
        return new Split("train", features, images, labels);
    }
}
