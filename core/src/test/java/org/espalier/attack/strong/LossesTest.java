package org.espalier.attack.strong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossesTest {
    /** Dyadic logits, so that a step of 2^-14 is exact in float32. */
    private static float[] logits(int classes, int seed) {
        float[] z = new float[classes];
        for (int c = 0; c < classes; c++) {
            z[c] = (Stream.root(seed).below(512, c) - 256) / 32f + c / 256f;
        }
        return z;
    }

    @ParameterizedTest
    @EnumSource(Losses.class)
    void gradientsMatchFiniteDifferences(Losses loss) {
        for (int classes = loss.minClasses(); classes < 12; classes++) {
            for (int seed = 0; seed < 20; seed++) {
                float[] z = logits(classes, seed);
                int label = seed % classes;
                int target = (label + 1) % classes;
                double[] gradient = new double[classes];
                loss.evaluate(z, label, target, gradient);
                double[] unused = new double[classes];
                for (int c = 0; c < classes; c++) {
                    float step = 0x1p-14f;
                    float[] up = z.clone();
                    float[] down = z.clone();
                    up[c] += step;
                    down[c] -= step;
                    double slope =
                            (loss.evaluate(up, label, target, unused) - loss.evaluate(down, label, target, unused))
                                    / (2.0 * step);
                    assertThat(gradient[c])
                            .as("%s of %s, class %d", loss, Arrays.toString(z), c)
                            .isCloseTo(slope, within(1e-5 * (1 + Math.abs(slope))));
                }
            }
        }
    }

    /** Through the whole network: the slope of the loss of the float64 logits along random directions of the input. */
    @ParameterizedTest
    @EnumSource(Losses.class)
    void gradientsThroughANetworkMatchFiniteDifferences(Losses loss) {
        List<Integer> widths = List.of(7, 9, 5);
        Engine exact = Cases.reference(widths, true, 0.8, 3);
        Examples examples = Cases.examples(exact, 6, 4);
        int[] targets = new int[6];
        for (int e = 0; e < 6; e++) {
            targets[e] = (examples.labels()[e] + 1) % 5;
        }
        Target target = Cases.target(Cases.engine(widths, true, 0.8, 3));
        Tile x = target.pack(examples.clean(), 0, 6);
        Tile direction = target.newTile(6);
        double[] losses = new double[6];
        target.forward(x);
        target.direction(loss, examples.labels(), targets, losses, direction);
        Target truth = Cases.target(exact);
        for (int e = 0; e < 6; e++) {
            // The direction is the gradient over the largest slope of a logit.
            truth.forward(x);
            float[] z = new float[5];
            truth.logits(e, z);
            double[] slopes = new double[5];
            loss.evaluate(z, examples.labels()[e], targets[e], slopes);
            double largest = Arrays.stream(slopes).map(Math::abs).max().orElseThrow();
            for (int row = 0; row < x.rows(); row++) {
                float step = 0x1p-9f;
                int label = examples.labels()[e];
                double here = lossAt(truth, loss, x, e, row, 0, label, targets[e]);
                double left = (here - lossAt(truth, loss, x, e, row, -step, label, targets[e])) / step;
                double right = (lossAt(truth, loss, x, e, row, step, label, targets[e]) - here) / step;
                // At a kink within the step, the slope here is that of one side.
                double allowed = 1e-2 * (1 + Math.max(Math.abs(left), Math.abs(right)));
                assertThat(direction.get(row, e) * largest)
                        .isBetween(Math.min(left, right) - allowed, Math.max(left, right) + allowed);
            }
        }
    }

    private static double lossAt(
            Target truth, LogitLoss loss, Tile x, int e, int row, float step, int label, int target) {
        Tile moved = truth.newTile(x.examples());
        moved.set(x);
        moved.set(row, e, x.get(row, e) + step);
        truth.forward(moved);
        float[] z = new float[truth.classes()];
        truth.logits(e, z);
        return loss.evaluate(z, label, target, new double[z.length]);
    }

    @ParameterizedTest
    @EnumSource(
            value = Losses.class,
            names = {"DLR", "TARGETED_DLR"})
    void theDifferenceOfLogitsRatioKnowsNeitherScaleNorShift(Losses loss) {
        for (int seed = 0; seed < 20; seed++) {
            float[] z = logits(6, seed);
            double plain = loss.evaluate(z, 2, 4, new double[6]);
            float[] changed = new float[6];
            for (int c = 0; c < 6; c++) {
                changed[c] = z[c] * 1024 - 4096;
            }
            assertThat(loss.evaluate(changed, 2, 4, new double[6])).isCloseTo(plain, within(1e-9));
        }
    }

    @Test
    void crossEntropyOfAConfidentNetworkStillHasASlope() {
        double[] gradient = new double[3];
        double loss = Losses.CROSS_ENTROPY.evaluate(new float[] {500, 0, 1}, 0, 0, gradient);
        assertThat(loss).isPositive();
        assertThat(gradient[0]).isNegative();
        assertThat(gradient[2]).isGreaterThan(gradient[1]).isPositive();
    }

    @Test
    void crossEntropyIsMinusTheLogarithmOfTheProbability() {
        float[] z = {0, (float) StrictMath.log(2), (float) StrictMath.log(5)};
        double[] gradient = new double[3];
        for (int label = 0; label < 3; label++) {
            double probability = new double[] {1, 2, 5}[label] / 8;
            assertThat(Losses.CROSS_ENTROPY.evaluate(z, label, 0, gradient))
                    .isCloseTo(-StrictMath.log(probability), within(1e-7));
            assertThat(gradient[label]).isCloseTo(probability - 1, within(1e-7));
        }
    }
}
