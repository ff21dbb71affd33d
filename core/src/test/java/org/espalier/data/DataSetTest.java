package org.espalier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.espalier.UserException;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
                Map.of("t10k-labels-idx1-ubyte", "bb", "train-images-idx3-ubyte", "aa"));
        assertThat(dataSet.digest()).isEqualTo("99c21b430193eb6d1c7fecb866b3189b48ae8c7db54d46693369e390362bf296");
    }

    @Test
    void validationImagesOfItsOwnStandWhateverIsAskedFor() {
        DataSet set = dataSet(20, 2).with(new DataDetails(List.of(), 4, List.of()));
        for (int asked : new int[] {1, 7, 10_000}) {
            for (SplitRule rule : SplitRule.values()) {
                Splits splits = set.splits(asked, rule, Stream.root(3));
                assertThat(splits.validation().labels())
                        .isEqualTo(Arrays.copyOf(set.train().labels(), 4));
                assertThat(splits.train().size()).isEqualTo(16);
                assertThat(splits.test().labels()).isEqualTo(set.test().labels());
            }
        }
    }

    @Test
    void classesAreCalledByTheirNamesOrElseByTheirNumbers() {
        DataSet set = dataSet(20, 2);
        assertThat(set.className(3)).isEqualTo("3");
        List<String> names = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        assertThat(set.with(DataDetails.ofClasses(names)).className(3)).isEqualTo("d");
        assertThatThrownBy(() -> set.with(DataDetails.ofClasses(List.of("a", "b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10 classes, got 2 names");
    }

    @Test
    void aTableHasAFeatureForEachInput() {
        Feature feature = new Feature("age", 0, 80, 0.5f, 0.25f);
        assertThat(feature.unit(20)).isEqualTo(0.25);
        DataSet table = dataSet(20, 2).with(new DataDetails(List.of(), 0, List.of(feature, feature)));
        assertThat(table.isTable()).isTrue();
        assertThat(table).hasToString("x: 20 training and 3 test rows of 2 features, 10 classes");
        assertThat(dataSet(20, 2).isTable()).isFalse();
        assertThatThrownBy(() -> dataSet(20, 2).with(new DataDetails(List.of(), 0, List.of(feature))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 features, got 1 descriptions");
        assertThatThrownBy(() -> new Feature("age", 3, 3, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Feature("age", 0, 3, 0, 0)).isInstanceOf(IllegalArgumentException.class);
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

    @ParameterizedTest
    @EnumSource(
            value = SplitRule.class,
            names = {"SHUFFLED", "STRATIFIED"})
    void drawnSplitsPartTheImagesAndKeepTheirOrder(SplitRule rule) {
        int[] labels = new int[100];
        byte[] images = new byte[100];
        for (int k = 0; k < 100; k++) {
            labels[k] = k < 60 ? 0 : k < 90 ? 1 : 2; // sorted by class
            images[k] = (byte) k;
        }
        Split train = new Split("train", 1, images, labels);
        DataSet set = new DataSet("x", 1, 1, 3, train, split(3, 1), Map.of());
        Splits splits = set.splits(21, rule, Stream.root(5));
        assertThat(splits.validation().size()).isEqualTo(21);
        assertThat(splits.train().size()).isEqualTo(79);
        assertThat(splits.validation().images()).isSorted();
        assertThat(splits.train().images())
                .isSorted()
                .doesNotContain(splits.validation().images());
        assertThat(splits.validation().missing(3)).isEmpty();
        for (Split each : List.of(splits.train(), splits.validation())) {
            for (int k = 0; k < each.size(); k++) {
                assertThat(each.labels()[k]).isEqualTo(labels[each.images()[k]]);
            }
        }
        if (rule == SplitRule.STRATIFIED) {
            // Shares 12.6, 6.3 and 2.1 of 21.
            assertThat(IntStream.of(splits.validation().labels()).filter(label -> label == 0))
                    .hasSize(13);
            assertThat(IntStream.of(splits.validation().labels()).filter(label -> label == 1))
                    .hasSize(6);
        }
        assertThat(set.splits(21, rule, Stream.root(5)).validation().images())
                .isEqualTo(splits.validation().images());
        assertThat(set.splits(21, rule, Stream.root(6)).validation().images())
                .isNotEqualTo(splits.validation().images());
        assertThat(set.splits(21).validation().missing(3)).containsExactly(1, 2);
    }
}
