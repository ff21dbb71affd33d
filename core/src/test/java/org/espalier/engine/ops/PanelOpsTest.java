package org.espalier.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.vector.RandomCases;
import org.espalier.math.PortableMath;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class PanelOpsTest {
    @Test
    void everyPixelValueIsDividedBy255CorrectlyRounded() {
        byte[] images = new byte[2 * 259]; // an odd width: the last pixels do not fill a word
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) i;
        }
        ActivationPanels panels = new ActivationPanels(259, 3);
        PanelOps.CHOSEN.loadImages(images, new int[] {1, 0, 1}, 0, 3, panels, 0);
        for (int f = 0; f < 259; f++) {
            assertThat(panels.get(f, 0)).isEqualTo((images[259 + f] & 0xff) / 255f);
            assertThat(panels.get(f, 1)).isEqualTo((images[f] & 0xff) / 255f);
            assertThat(panels.get(f, 2)).isEqualTo(panels.get(f, 0));
            assertThat(panels.get(f, 3)).isZero();
        }
    }

    @Test
    void expIsWithinTwoUnitsInTheLastPlace() {
        for (float x = 0f; x > -87f; x -= 0.0137f) {
            double exact = StrictMath.exp(x);
            assertThat((double) PortableMath.exp(x)).isCloseTo(exact, within(2.0 * Math.ulp((float) exact)));
        }
        assertThat(PortableMath.exp(0f)).isEqualTo(1f);
        assertThat(PortableMath.exp(-1000f)).isBetween(0f, 2e-38f);
        assertThat(PortableMath.exp(Float.NaN)).isNaN();
    }

    @Test
    void theCrossEntropysGradientMatchesFiniteDifferencesAndPaddingIsZero() {
        int examples = 67;
        int classes = 7;
        ActivationPanels logits = new ActivationPanels(classes, examples);
        Stream stream = Stream.root(3);
        int[] labels = RandomCases.labels(examples, classes, stream);
        for (int c = 0; c < classes; c++) {
            for (int e = 0; e < examples; e++) {
                logits.set(c, e, 12 * stream.uniform(c * 1000L + e) - 6);
            }
        }
        for (float smoothing : new float[] {0f, 0.1f}) {
            ActivationPanels gradient = new ActivationPanels(classes, examples);
            assertThat(PanelOps.CHOSEN.crossEntropyGradient(
                            logits, gradient, 0, 2, labels, 0, examples, smoothing, 0.5f))
                    .isTrue();
            for (int e = 0; e < 128; e++) {
                for (int c = 0; c < classes; c++) {
                    if (e >= examples) {
                        assertThat(gradient.get(c, e)).isZero();
                        continue;
                    }
                    double h = 1e-4;
                    double up = loss(logits, classes, e, labels[e], smoothing, c, h);
                    double down = loss(logits, classes, e, labels[e], smoothing, c, -h);
                    assertThat((double) gradient.get(c, e)).isCloseTo(0.5 * (up - down) / (2 * h), within(1e-6));
                }
            }
        }
    }

    private static double loss(
            ActivationPanels logits, int classes, int example, int label, double smoothing, int moved, double by) {
        double sum = 0;
        double target = 0;
        for (int c = 0; c < classes; c++) {
            double z = logits.get(c, example) + (c == moved ? by : 0);
            sum += StrictMath.exp(z);
            target += ((c == label ? 1 - smoothing : 0) + smoothing / classes) * z;
        }
        return StrictMath.log(sum) - target;
    }

    @Test
    void theTrueClassKeepsItsGradientWhereOneMinusPRoundsToZero() {
        ActivationPanels logits = new ActivationPanels(3, 1);
        logits.set(0, 0, 40f);
        ActivationPanels gradient = new ActivationPanels(3, 1);
        PanelOps.CHOSEN.crossEntropyGradient(logits, gradient, 0, 1, new int[] {0}, 0, 1, 0f, 1f);
        assertThat(gradient.get(0, 0)).isNegative().isCloseTo((float) (-2 * StrictMath.exp(-40)), within(1e-23f));
    }

    @Test
    void logitsThatAreNotFiniteAreReported() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            ActivationPanels logits = new ActivationPanels(4, 70);
            logits.set(2, 69, bad);
            ActivationPanels gradient = new ActivationPanels(4, 70);
            assertThat(PanelOps.CHOSEN.crossEntropyGradient(logits, gradient, 0, 2, new int[70], 0, 70, 0f, 1f))
                    .isFalse();
            assertThat(PanelOps.CHOSEN.crossEntropyGradient(logits, gradient, 0, 2, new int[70], 0, 69, 0f, 1f))
                    .as("a padding lane does not count")
                    .isTrue();
        }
    }

    @Test
    void noiseStaysInTheBallAndTheBoxAndDependsOnlyOnExampleAndFeature() {
        ActivationPanels clean = new ActivationPanels(11, 128);
        RandomCases.inputs(clean, 128, Stream.root(2));
        int[] all = IntStream.range(0, 11).toArray();
        ActivationPanels whole = new ActivationPanels(11, 128);
        PanelOps.CHOSEN.uniformNoise(Stream.root(8), 1000, clean, 0, whole, 0, 2, all, 0.3f);
        ActivationPanels second = new ActivationPanels(11, 64);
        PanelOps.CHOSEN.uniformNoise(Stream.root(8), 1064, clean, 1, second, 0, 1, new int[] {0, 3, 4, 5, 10}, 0.3f);
        double spread = 0;
        for (int e = 0; e < 128; e++) {
            for (int f = 0; f < 11; f++) {
                float x = whole.get(f, e);
                assertThat(x).isBetween(0f, 1f);
                assertThat((double) Math.abs(x - clean.get(f, e))).isLessThanOrEqualTo(0.3 + 1e-6);
                spread = Math.max(spread, Math.abs(x - clean.get(f, e)));
                if (e >= 64) {
                    boolean written = f == 0 || f == 3 || f == 4 || f == 5 || f == 10;
                    assertThat(second.get(f, e - 64)).isEqualTo(written ? x : 0f);
                }
            }
        }
        assertThat(spread).isGreaterThan(0.28);

        int[] examples = new int[70];
        for (int lane = 0; lane < 64; lane++) {
            examples[6 + lane] = 1000 + (37 * lane + 11) % 128; // any order
        }
        ActivationPanels picked = new ActivationPanels(11, 64);
        ActivationPanels noisy = new ActivationPanels(11, 64);
        int[] from = new int[64];
        int[] to = new int[64];
        for (int lane = 0; lane < 64; lane++) {
            from[lane] = examples[6 + lane] - 1000;
            to[lane] = lane;
        }
        picked.copyExamples(clean, from, to, 64, all);
        PanelOps.CHOSEN.uniformNoise(Stream.root(8), examples, 6, picked, 0, noisy, 0, all, 0.3f);
        for (int lane = 0; lane < 64; lane++) {
            for (int f = 0; f < 11; f++) {
                assertThat(noisy.get(f, lane)).isEqualTo(whole.get(f, from[lane]));
            }
        }
    }

    @Test
    void aSignedStepIsClippedToTheBallAndTheBoxWhateverTheGradientIs() {
        float[] gradients = {
            0f,
            -0f,
            1f,
            -1f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            Float.intBitsToFloat(0xffc00000),
            1e-30f,
            -1e30f
        };
        float[] centres = {0f, 1f, 0.5f, 1f / 255f, 254f / 255f, 0.3f, 0.7f, 1e-38f};
        float[] distances = {0f, 0.01f, -0.01f, 0.29f, -0.29f, 0.3f, -0.3f};
        int lanes = ActivationPanels.LANES;
        for (float step : new float[] {0.05f, 1f, 0f, -0.05f}) { // no attack here has a negative one
            ActivationPanels gradient = new ActivationPanels(centres.length, lanes);
            ActivationPanels clean = new ActivationPanels(centres.length, lanes);
            ActivationPanels x = new ActivationPanels(centres.length, lanes);
            for (int f = 0; f < centres.length; f++) {
                for (int e = 0; e < lanes; e++) {
                    gradient.set(f, e, gradients[e % gradients.length]);
                    clean.set(f, e, centres[f]);
                    x.set(f, e, Math.clamp(centres[f] + distances[(e + f) % distances.length], 0f, 1f));
                }
            }
            ActivationPanels expected = new ActivationPanels(centres.length, lanes);
            expected.copy(x, 0, 0, 1);
            for (int f = 0; f < centres.length; f++) {
                for (int e = 0; e < lanes; e++) {
                    float g = gradient.get(f, e);
                    float moved = g > 0 ? x.get(f, e) + step : g < 0 ? x.get(f, e) - step : x.get(f, e);
                    float inBall = Math.min(Math.max(moved, centres[f] - 0.3f), centres[f] + 0.3f);
                    expected.set(f, e, Math.min(Math.max(inBall, 0f), 1f));
                }
            }
            int[] features = IntStream.range(0, centres.length).toArray();
            KernelChoice.chosen()
                    .signStep(
                            gradient.memory(),
                            0,
                            features,
                            0,
                            centres.length,
                            clean.memory(),
                            0,
                            x.memory(),
                            0,
                            step,
                            0.3f);
            for (int f = 0; f < centres.length; f++) {
                for (int e = 0; e < lanes; e++) {
                    assertThat(Float.floatToRawIntBits(x.get(f, e)))
                            .isEqualTo(Float.floatToRawIntBits(expected.get(f, e)));
                }
            }
        }
    }

    @Test
    void examplesAreCopiedBetweenPanelsAndNothingElseIs() {
        ActivationPanels source = new ActivationPanels(5, 130);
        RandomCases.inputs(source, 130, Stream.root(4));
        ActivationPanels target = new ActivationPanels(5, 70);
        target.copyExamples(source, new int[] {129, 3}, new int[] {0, 69}, 2, new int[] {0, 2, 4});
        for (int e = 0; e < 128; e++) {
            for (int f = 0; f < 5; f++) {
                float expected = f % 2 == 1 || e != 0 && e != 69 ? 0f : source.get(f, e == 0 ? 129 : 3);
                assertThat(target.get(f, e)).isEqualTo(expected);
            }
        }
        assertThatThrownBy(() -> target.copyExamples(source, new int[] {192}, new int[1], 1, new int[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
