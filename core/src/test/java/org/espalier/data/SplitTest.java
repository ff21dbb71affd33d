package org.espalier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
    void aFloatBecomesTheNearestMultipleOfOneIn255(@ForAll @FloatRange(min = 0, max = 1) float value) {
        Split split = Split.of("mine", PAIR, new float[][] {{value, 0}, {1, value}}, new int[] {0, 4});
        for (int at : new int[] {0, 3}) {
            assertThat((split.images()[at] & 0xff) / 255.0).isCloseTo(value, within(0.5 / 255 + 1e-9));
        }
        assertThat(split.images()[1]).isZero();
        assertThat(split.images()[2]).isEqualTo((byte) 255);
        assertThat(split.labels()).containsExactly(0, 4);
        assertThat(split.shape()).isEqualTo(PAIR);
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
