package org.espalier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
    private static final ImageShape PAIR = new ImageShape(1, 2);

    @Property
    void aFloatStaysAsItIs(@ForAll @FloatRange(min = 0, max = 1) float value) {
        Split split = Split.of("mine", PAIR, new float[][] {{value, 0}, {1, value}}, new int[] {0, 4});
        assertThat(new float[] {split.pixel(0, 0), split.pixel(0, 1), split.pixel(1, 0), split.pixel(1, 1)})
                .containsExactly(value, 0, 1, value);
        assertThat(split.labels()).containsExactly(0, 4);
        assertThat(split.shape()).isEqualTo(PAIR);
    }

    @Test
    void multiplesOfOneIn255AreBytes() {
        for (int value = 0; value < 256; value++) {
            // A float, and a double rounded to a float, are the same multiple.
            for (float unit : new float[] {value / 255f, (float) (value / 255.0)}) {
                Split split = Split.of("mine", PAIR, new float[][] {{unit, 0}}, new int[1]);
                assertThat(split.isFloat()).isFalse();
                assertThat(split.images()[0]).isEqualTo((byte) value);
                assertThat(split.pixel(0, 0)).isEqualTo(unit);
            }
            float next = Math.nextUp(value / 255f);
            assertThat(Split.isMultiple(next)).isFalse();
        }
        Split mixed = Split.of("mine", PAIR, new float[][] {{1, 0}, {0.5f, 0}}, new int[2]);
        assertThat(mixed.isFloat()).isTrue();
        assertThatThrownBy(mixed::images).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(floats = {0.2f, 0.3f}) // bytes, floats
    void imagesArePickedAndJoinedInOrder(float value) {
        Split split = Split.of("mine", PAIR, new float[][] {{0, 1}, {1, value}, {value, 0}}, new int[] {3, 4, 5});
        assertThat(split.isFloat()).isEqualTo(value == 0.3f);
        Split picked = split.pick("some", new int[] {2, 0});
        assertThat(picked.labels()).containsExactly(5, 3);
        assertThat(new float[] {picked.pixel(0, 0), picked.pixel(1, 1)}).containsExactly(value, 1);
        Split none = split.pick("none", new int[0]);
        for (Split both : List.of(picked.join("both", none), none.join("both", picked))) {
            assertThat(both.labels()).containsExactly(5, 3);
            assertThat(both.pixel(0, 0)).isEqualTo(value);
        }
        Split all = split.join("all", picked);
        assertThat(all.labels()).containsExactly(3, 4, 5, 5, 3);
        assertThat(new float[] {all.pixel(1, 1), all.pixel(3, 0), all.pixel(4, 1)})
                .containsExactly(value, value, 1);
        assertThatThrownBy(() -> split.join(
                        "all", Split.of("other", PAIR, new float[][] {{0, value == 0.3f ? 0 : 0.3f}}, new int[1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kind of pixels");
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.001f, 1.001f, Float.NaN, Float.POSITIVE_INFINITY})
    void aValueOutsideZeroToOneIsRefusedWithItsPlace(float value) {
        assertThatThrownBy(() -> Split.of("mine", PAIR, new float[][] {{0, 1}, {0, value}}, new int[2]))
                .isInstanceOf(UserException.class)
                .hasMessage("split mine: image 1 has " + value + " at input 1, expected a number from 0 to 1");
    }

    @Test
    void imagesAndLabelsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> Split.of("mine", PAIR, new float[][] {{0, 1}}, new int[2]))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("1 images and 2 labels");
        assertThatThrownBy(() -> Split.of("mine", PAIR, new float[][] {{0, 1, 0}}, new int[1]))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("image 0 has 3 values, expected the 2 of an image of 1 x 2");
        assertThatThrownBy(() -> Split.of("mine", PAIR, new float[][] {{0, 1}}, new int[] {-1}))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("label 0 is -1");
    }

    @Test
    void aPartBeyondTheEndIsRefusedAndNotFilledWithBlackImages() {
        Split split = Split.of("mine", PAIR, new float[][] {{0, 1}, {1, 0}}, new int[] {3, 4});
        assertThat(split.part("rest", 1, 2).labels()).containsExactly(4);
        assertThatThrownBy(() -> split.part("more", 1, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("images 1 to 3 are no part of the 2 of split mine");
    }
}
