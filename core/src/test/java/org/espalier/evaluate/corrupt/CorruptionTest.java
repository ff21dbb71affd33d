package org.espalier.evaluate.corrupt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Corruptions of grey and of coloured images: closed forms, statistics of the draws, and determinism. */
class CorruptionTest {
    private static final Stream STREAM = Stream.root(1).child("test");

    /** Values of a smooth picture in [0, 1], brighter to the right and below. */
    private static double[] picture(int channels, int side) {
        double[] image = new double[channels * side * side];
        for (int i = 0; i < image.length; i++) {
            int row = i / side % side;
            int column = i % side;
            image[i] = (row + 2 * column) / (3.0 * (side - 1)) * (1 - 0.2 * (i / (side * side)));
        }
        return image;
    }

    private static double[] grey(GreyCorruption corruption, double[] image) {
        return corruption.apply(image, STREAM);
    }

    private static Split split(int images, int channels, int side) {
        byte[] pixels = new byte[images * channels * side * side];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 31 % 251);
        }
        return new Split("test", new ImageShape(side, side, channels), pixels, new int[images]);
    }

    @Test
    void theIdentityChangesNoByte() {
        Split clean = split(4, 1, 28);
        assertThat(CorruptedImages.of(clean, 4, GreyCorruption.IDENTITY, STREAM).images())
                .isEqualTo(clean.images());
        assertThat(GreyCorruption.fifteen()).hasSize(15);
    }

    @Test
    void copiesOfFloatsAreFloats() {
        float[] values = new float[2 * 784];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 97 / 97f;
        }
        Split clean = new Split("test", new ImageShape(28, 28), values, new int[2]);
        assertThat(CorruptedImages.of(clean, 2, GreyCorruption.IDENTITY, STREAM).floats())
                .isEqualTo(values);
        Split noisy = CorruptedImages.of(clean, 2, GreyCorruption.SHOT_NOISE, STREAM);
        assertThat(noisy.isFloat()).isTrue();
        assertThat(noisy.floats()).isNotEqualTo(values);
    }

    @ParameterizedTest
    @EnumSource(GreyCorruption.class)
    void aCorruptionIsAFunctionOfImageNumberAndSeed(GreyCorruption corruption) {
        Split clean = split(3, 1, 28);
        byte[] all = CorruptedImages.of(clean, 3, corruption, STREAM).images();
        assertThat(CorruptedImages.of(clean, 2, corruption, STREAM).images()).isEqualTo(Arrays.copyOf(all, 2 * 784));
        if (corruption != GreyCorruption.IDENTITY) {
            assertThat(all).isNotEqualTo(clean.images());
        }
        for (double value : grey(corruption, picture(1, 28))) {
            assertThat(value).isFinite();
        }
    }

    @Test
    void deterministicOnesHaveTheirClosedForm() {
        double[] image = picture(1, 28);
        double[] bright = grey(GreyCorruption.BRIGHTNESS, image);
        double[] stripes = grey(GreyCorruption.STRIPE, image);
        double[] moved = grey(GreyCorruption.TRANSLATE, image);
        int right = moved[28 * 14 + 27] == 0 ? -3 : 3;
        int down = moved[14] == 0 ? 3 : -3;
        for (int r = 0; r < 28; r++) {
            for (int c = 0; c < 28; c++) {
                int at = 28 * r + c;
                assertThat(bright[at]).isEqualTo(image[at] + 0.5);
                assertThat(stripes[at]).isEqualTo(c <= 6 || c >= 21 ? 1 - image[at] : image[at]);
                boolean inside = r - down >= 0 && r - down < 28 && c - right >= 0 && c - right < 28;
                assertThat(moved[at]).isEqualTo(inside ? image[28 * (r - down) + c - right] : 0);
            }
        }
    }

    @Test
    void warpsOfALinearPictureAreLinear() {
        // (row + 2 column) / 81 around the middle: bilinear interpolation is exact.
        double[] image = picture(1, 28);
        double[] scaled = grey(GreyCorruption.SCALE, image);
        assertThat(scaled[28 * 14 + 16]).isCloseTo((13.5 + 0.5 / 0.7 + 2 * (13.5 + 2.5 / 0.7)) / 81, within(1e-12));
        assertThat(scaled[0]).isZero();
        double[] sheared = grey(GreyCorruption.SHEAR, image);
        double plus = (10 + 2 * (14 + 0.4 * (10 - 13.5))) / 81;
        double minus = (10 + 2 * (14 - 0.4 * (10 - 13.5))) / 81;
        assertThat(Math.min(Math.abs(sheared[28 * 10 + 14] - plus), Math.abs(sheared[28 * 10 + 14] - minus)))
                .isLessThan(1e-12);
        double[] turned = grey(GreyCorruption.ROTATE, image);
        double cosine = Math.cos(0.4);
        double sine = Math.sin(0.4);
        double one = (13.5 + cosine * 2.5 + sine * 1.5 + 2 * (13.5 + cosine * 1.5 - sine * 2.5)) / 81;
        double other = (13.5 + cosine * 2.5 - sine * 1.5 + 2 * (13.5 + cosine * 1.5 + sine * 2.5)) / 81;
        assertThat(Math.min(Math.abs(turned[28 * 16 + 15] - one), Math.abs(turned[28 * 16 + 15] - other)))
                .isLessThan(1e-12);
    }

    @Test
    void noiseHasItsMoments() {
        double[] half = new double[784];
        Arrays.fill(half, 0.5);
        double mean = 0;
        double square = 0;
        int salt = 0;
        int pepper = 0;
        for (int e = 0; e < 50; e++) {
            for (double value : GreyCorruption.SHOT_NOISE.apply(half, STREAM.child(e))) {
                mean += value;
                square += value * value;
            }
            for (double value : GreyCorruption.IMPULSE_NOISE.apply(half, STREAM.child(e))) {
                salt += value == 1 ? 1 : 0;
                pepper += value == 0 ? 1 : 0;
            }
        }
        int count = 50 * 784;
        // Poisson of mean 1.5 over 3: mean 0.5 and variance 1.5 / 9.
        assertThat(mean / count).isCloseTo(0.5, within(0.01));
        assertThat(square / count - 0.25).isCloseTo(1.5 / 9, within(0.01));
        assertThat((double) salt / count).isCloseTo(0.085, within(0.006));
        assertThat((double) pepper / count).isCloseTo(0.085, within(0.006));
        Draws draws = new Draws(STREAM);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 20_000; i++) {
            double large = draws.poisson(100);
            sum += large;
            squares += large * large;
        }
        assertThat(sum / 20_000).isCloseTo(100.0, within(0.4));
        assertThat(squares / 20_000 - Math.pow(sum / 20_000, 2)).isCloseTo(100.0, within(6.0));
    }

    @Test
    void fogKeepsTheMaximumAndCloudsFillTheirRange() {
        Plane clouds = Plane.plasma(64, 1.4, new Draws(STREAM));
        assertThat(clouds.max()).isEqualTo(1);
        assertThat(Arrays.stream(clouds.values()).min().orElseThrow()).isZero();
        double[] image = picture(1, 28);
        double[] foggy = grey(GreyCorruption.FOG, image);
        assertThat(Arrays.stream(foggy).max().orElseThrow()).isLessThanOrEqualTo(1);
        assertThat(Arrays.stream(foggy).sum()).isGreaterThan(0);
    }

    @Test
    void edgesLieWhereThePictureJumps() {
        double[] image = new double[784];
        for (int i = 0; i < 784; i++) {
            image[i] = i % 28 >= 14 ? 1 : 0;
        }
        double[] edges = grey(GreyCorruption.CANNY_EDGES, image);
        for (int i = 0; i < 784; i++) {
            if (edges[i] == 1) {
                assertThat(i % 28).isBetween(13, 14);
            }
        }
        assertThat(Arrays.stream(edges).sum()).isBetween(26.0, 52.0);
    }

    @Test
    void colouredOnesAreFunctionsAndGrowWithSeverity() {
        double[] image = picture(3, 32);
        assertThat(ColourCorruption.all()).hasSize(90);
        assertThat(ColourCorruption.all().stream().filter(ColourCorruption::counted))
                .hasSize(70);
        for (ColourCorruption.Kind kind : ColourCorruption.Kind.values()) {
            double[] distances = new double[5];
            for (int severity = 1; severity <= 5; severity++) {
                ColourCorruption corruption = new ColourCorruption(kind, severity);
                double[] changed = corruption.apply(image, STREAM);
                assertThat(changed).isEqualTo(corruption.apply(image, STREAM));
                for (int i = 0; i < image.length; i++) {
                    distances[severity - 1] += Math.pow(changed[i] - image[i], 2);
                }
            }
            // Of these the published parameters change in kind, not only in strength.
            if (kind == ColourCorruption.Kind.ELASTIC_TRANSFORM || kind == ColourCorruption.Kind.SATURATE) {
                assertThat(distances[0]).as(kind.toString()).isPositive();
            } else {
                assertThat(distances[4]).as(kind.toString()).isGreaterThan(distances[0]);
            }
        }
    }

    @Test
    void contrastBrightnessAndPixelateHaveTheirClosedForm() {
        double[] image = picture(3, 32);
        double mean = Arrays.stream(image, 0, 1024).sum() / 1024;
        double[] flat = new ColourCorruption(ColourCorruption.Kind.CONTRAST, 2).apply(image, STREAM);
        assertThat(flat[100]).isCloseTo((image[100] - mean) * 0.5 + mean, within(1e-12));
        double[] bright = new ColourCorruption(ColourCorruption.Kind.BRIGHTNESS, 3).apply(image, STREAM);
        // The first channel is the largest: it rises by 0.15, the others keep their ratio to it.
        assertThat(bright[100]).isCloseTo(Math.min(1, image[100] + 0.15), within(1e-12));
        assertThat(bright[1124] / bright[100]).isCloseTo(image[1124] / image[100], within(1e-12));
        double[] pixels = new ColourCorruption(ColourCorruption.Kind.PIXELATE, 5).apply(image, STREAM);
        assertThat(Arrays.stream(pixels, 0, 1024).sum())
                .isCloseTo(Arrays.stream(image, 0, 1024).sum(), within(1e-9));
    }

    private static double[] plain(double red, double green, double blue) {
        double[] image = new double[3072];
        Arrays.fill(image, 0, 1024, red);
        Arrays.fill(image, 1024, 2048, green);
        Arrays.fill(image, 2048, 3072, blue);
        return image;
    }

    private static double[] colour(ColourCorruption.Kind kind, int severity, double[] image) {
        return new ColourCorruption(kind, severity).apply(image, STREAM);
    }

    /** At quality 50 a plain grey of 101 has the mean (101 - 128) 8 = -216, which is 13.5 steps of 16: 14 steps are 100. */
    @Test
    void jpegQuantisesCosineTransforms() {
        double[] grey = colour(ColourCorruption.Kind.JPEG_COMPRESSION, 4, plain(101 / 255.0, 101 / 255.0, 101 / 255.0));
        assertThat(grey).containsOnly(100 / 255.0);
        double[] same = colour(ColourCorruption.Kind.JPEG_COMPRESSION, 4, plain(100 / 255.0, 100 / 255.0, 100 / 255.0));
        assertThat(same).containsOnly(100 / 255.0);
        // A wave of 5 levels at the highest frequency is less than half of its step of 61 and goes; a slow one of 40
        // levels stays.
        double[] fast = plain(0.5, 0.5, 0.5);
        double[] slow = plain(0.5, 0.5, 0.5);
        for (int i = 0; i < 3072; i++) {
            fast[i] = (128 + 5 * Math.cos((2 * (i % 8) + 1) * 7 * Math.PI / 16)) / 255;
            slow[i] = (128 + 40 * Math.cos((2 * (i % 8) + 1) * Math.PI / 16)) / 255;
        }
        assertThat(colour(ColourCorruption.Kind.JPEG_COMPRESSION, 4, fast)).containsOnly(128 / 255.0);
        assertThat(colour(ColourCorruption.Kind.JPEG_COMPRESSION, 4, slow)).containsExactly(slow, within(3 / 255.0));
    }

    @Test
    void saturationIsMultipliedAndAdded() {
        assertThat(colour(ColourCorruption.Kind.SATURATE, 3, plain(1, 0.5, 0.7)))
                .containsExactly(plain(1, 0.25, 0.55), within(1e-12));
        assertThat(colour(ColourCorruption.Kind.SATURATE, 1, plain(0.4, 0.4, 0.4)))
                .containsExactly(plain(0.4, 0.4, 0.4), within(1e-12));
        assertThat(colour(ColourCorruption.Kind.SATURATE, 5, plain(0.4, 0.4, 0.4)))
                .containsExactly(plain(0.4, 0.32, 0.32), within(1e-12));
    }

    @Test
    void snowBrightensAndFlakesAreWhite() {
        double[] black = colour(ColourCorruption.Kind.SNOW, 2, plain(0, 0, 0));
        double flakes = 0;
        for (int i = 0; i < 1024; i++) {
            assertThat(black[i]).isEqualTo(black[i + 1024]).isEqualTo(black[i + 2048]);
            assertThat(black[i]).isGreaterThanOrEqualTo(0.05 - 1e-12);
            assertThat(black[i]).isCloseTo(black[1023 - i], within(1e-12)); // with the flakes turned by half a circle
            flakes += black[i] - 0.05;
        }
        assertThat(flakes).isGreaterThan(1);
    }

    @Test
    void waterAddsItsColourAndMudTakesThePlaceOfTheImage() {
        double[] wet = colour(ColourCorruption.Kind.SPATTER, 2, plain(0, 0, 0));
        double most = 0;
        for (int i = 0; i < 1024; i++) {
            assertThat(wet[i] * 238 / 175).isCloseTo(wet[i + 1024], within(1e-12));
            assertThat(wet[i + 2048]).isEqualTo(wet[i + 1024]);
            most = Math.max(most, wet[i + 1024]);
        }
        assertThat(most).isCloseTo(0.5 * 238 / 255, within(1e-12));
        double[] muddy = colour(ColourCorruption.Kind.SPATTER, 5, plain(1, 1, 1));
        int covered = 0;
        for (int i = 0; i < 1024; i++) {
            double cover = (1 - muddy[i]) / (1 - 63 / 255.0);
            assertThat(cover < 1e-12 || cover > 0.8 - 1e-12).isTrue();
            assertThat(1 - muddy[i + 2048]).isCloseTo(cover * (1 - 20 / 255.0), within(1e-12));
            covered += cover > 0.5 ? 1 : 0;
        }
        assertThat(covered).isBetween(10, 1000);
    }

    @Test
    void elasticDistortionMovesPixelsAndKeepsPlainImages() {
        double[] plain = plain(0.3, 0.6, 0.9);
        for (int severity = 1; severity <= 5; severity++) {
            assertThat(colour(ColourCorruption.Kind.ELASTIC_TRANSFORM, severity, plain))
                    .containsExactly(plain, within(1e-12));
        }
        // Severity 1 is an affine map: a slope stays a slope where nothing is reflected.
        double[] slope = new double[3072];
        for (int i = 0; i < 3072; i++) {
            slope[i] = (i % 32) / 31.0;
        }
        double[] turned = colour(ColourCorruption.Kind.ELASTIC_TRANSFORM, 1, slope);
        double step = turned[32 * 16 + 16] - turned[32 * 16 + 15];
        assertThat(step).isBetween(0.5 / 31, 1.5 / 31).isNotCloseTo(1 / 31.0, within(1e-6));
        assertThat(turned[32 * 16 + 20]).isCloseTo(turned[32 * 16 + 15] + 5 * step, within(1e-12));
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        assertThatThrownBy(() -> GreyCorruption.FOG.apply(new double[9], STREAM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("corruption fog is of images of 784 values, got 9");
        assertThatThrownBy(() -> new ColourCorruption(ColourCorruption.Kind.FOG, 6))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
