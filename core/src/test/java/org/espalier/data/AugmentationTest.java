package org.espalier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final ImageShape SHAPE = new ImageShape(3, 4, 2);
    private static final Stream STREAM = Stream.root(9);

    /** Pixel (channel, row, column) of image k is 100 k + 40 channel + 10 row + column + 1; none is 0. */
    private static byte[] images(int count) {
        byte[] images = new byte[count * SHAPE.features()];
        for (int i = 0; i < images.length; i++) {
            int f = i % SHAPE.features();
            images[i] = (byte) (100 * (i / SHAPE.features()) + 40 * (f / 12) + 10 * (f % 12 / 4) + f % 4 + 1);
        }
        return images;
    }

    private static byte[] changed(Augmentation augmentation, int image, long use) {
        byte[] out = new byte[2 * SHAPE.features()];
        Arrays.fill(out, (byte) 77); // what stood there before
        augmentation.apply(images(2), image, SHAPE, STREAM, use, out, 1);
        assertThat(Arrays.copyOf(out, SHAPE.features())).containsOnly(77);
        return Arrays.copyOfRange(out, SHAPE.features(), out.length);
    }

    /** Every one of the 2 x 5 x 5 changes is what the definition gives, each is drawn, and none much more often. */
    @Test
    void cropsAndFlipsAreThoseOfTheDefinitionAndEquallyLikely() {
        Augmentation augmentation = new Augmentation(2, true);
        Map<String, Integer> drawn = new HashMap<>();
        Map<String, String> defined = new HashMap<>();
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                for (boolean flip : new boolean[] {false, true}) {
                    defined.put(Arrays.toString(define(1, down, right, flip)), down + " " + right + " " + flip);
                }
            }
        }
        assertThat(defined).hasSize(50);
        for (int use = 0; use < 5000; use++) {
            String change = defined.get(Arrays.toString(changed(augmentation, 1, use)));
            assertThat(change).isNotNull();
            drawn.merge(change, 1, Integer::sum);
        }
        assertThat(drawn).hasSize(50);
        // 100 each; a binomial's 5 standard deviations are 50.
        assertThat(drawn.values()).allMatch(count -> count > 50 && count < 150);
    }

    private static byte[] define(int image, int down, int right, boolean flip) {
        byte[] images = images(2);
        byte[] out = new byte[SHAPE.features()];
        for (int channel = 0; channel < 2; channel++) {
            for (int row = 0; row < 3; row++) {
                for (int column = 0; column < 4; column++) {
                    int fromRow = row + down;
                    int fromColumn = (flip ? 3 - column : column) + right;
                    boolean inside = fromRow >= 0 && fromRow < 3 && fromColumn >= 0 && fromColumn < 4;
                    out[(channel * 3 + row) * 4 + column] =
                            inside ? images[image * SHAPE.features() + (channel * 3 + fromRow) * 4 + fromColumn] : 0;
                }
            }
        }
        return out;
    }

    @Test
    void aChangeDependsOnStreamAndUseAlone() {
        Augmentation augmentation = new Augmentation(2, true);
        for (long use : new long[] {0, 1, 1L << 40}) {
            assertThat(changed(augmentation, 1, use)).isEqualTo(changed(augmentation, 1, use));
        }
        byte[] out = new byte[SHAPE.features()];
        byte[] other = new byte[SHAPE.features()];
        int differ = 0;
        for (int use = 0; use < 50; use++) {
            augmentation.apply(images(1), 0, SHAPE, STREAM, use, out, 0);
            augmentation.apply(images(1), 0, SHAPE, Stream.root(10), use, other, 0);
            differ += Arrays.equals(out, other) ? 0 : 1;
        }
        assertThat(differ).isGreaterThan(40);
    }

    @Test
    void eachChangeCanBeAlone() {
        byte[] plain = Arrays.copyOf(images(1), SHAPE.features());
        boolean mirrored = false;
        for (int use = 0; use < 20; use++) {
            byte[] flipped = changed(new Augmentation(0, true), 0, use);
            mirrored |= !Arrays.equals(flipped, plain);
            assertThat(flipped)
                    .satisfiesAnyOf(
                            bytes -> assertThat(bytes).isEqualTo(plain),
                            bytes -> assertThat(bytes).isEqualTo(define(0, 0, 0, true)));
            byte[] cropped = changed(new Augmentation(1, false), 0, use);
            assertThat(cropped[0]).isIn((byte) 0, plain[0], plain[1], plain[4], plain[5]);
        }
        assertThat(mirrored).isTrue();
    }

    @Test
    void settingsThatChangeNothingOrTooMuchAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Augmentation(0, false))
                .withMessage("crop is 0 and flip false, expected a crop of at least 1 or flip: true");
        assertThat(new Augmentation(2, true).unfit(SHAPE)).isEmpty();
        assertThat(new Augmentation(3, true).unfit(SHAPE))
                .contains("is 3, expected less than the rows and columns of an image of 3 x 4 x 2 pixels");
    }
}
