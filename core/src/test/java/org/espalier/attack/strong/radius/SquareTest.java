package org.espalier.attack.strong.radius;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Cases;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.LinearTruth;
import org.espalier.attack.strong.Target;
import org.espalier.data.ImageShape;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SquareTest {
    /** Fooling is possible from the exact distance on; a random search needs a little more room, more so in L2 and L1. */
    @ParameterizedTest
    @CsvSource({"LINF, 25, 1.05", "L2, 25, 2.5", "L1, 25, 3", "LINF, 26, 1.05", "L2, 26, 2.5", "L1, 26, 3"})
    void aLinearNetworkIsFooledJustBeyondItsExactDistanceAndNeverWithin(Norm norm, int inputs, double factor) {
        Engine engine = Cases.engine(List.of(inputs, 3), true, 1, 5);
        Examples examples = Cases.examples(engine, 10, 6);
        for (int e = 0; e < 10; e++) {
            double exact = LinearTruth.distance(norm, engine.weights(), examples.clean()[e], examples.labels()[e]);
            assertThat(attempt(engine, examples.part(e, 1), norm, exact * factor)
                            .success())
                    .isTrue();
            assertThat(attempt(engine, examples.part(e, 1), norm, exact * 0.999 - 1e-5)
                            .success())
                    .isFalse();
        }
    }

    /** In L1 the nearest point changes one input; windows change all three channels, which takes three times the room. */
    @ParameterizedTest
    @CsvSource({"LINF, 1.05", "L2, 2.5", "L1, 9"})
    void aColourImageIsFooledJustBeyondItsExactDistanceAndNeverWithin(Norm norm, double factor) {
        ImageShape shape = new ImageShape(3, 4, 3);
        Engine engine = Cases.engine(List.of(shape.features(), 3), true, 1, 5);
        Examples examples = Cases.examples(engine, 10, 6);
        Square square = new Square(2000, 0.8, 1);
        for (int e = 0; e < 10; e++) {
            double exact = LinearTruth.distance(norm, engine.weights(), examples.clean()[e], examples.labels()[e]);
            assertThat(attempt(square, engine, shape, examples.part(e, 1), norm, exact * factor)
                            .success())
                    .isTrue();
            Attempt within = attempt(square, engine, shape, examples.part(e, 1), norm, exact * 0.999 - 1e-5);
            assertThat(within.success()).isFalse();
        }
    }

    /** Restarts begin with stripes: in each column of each channel all pixels move the same way. */
    @Test
    void channelsMoveByThemselves() {
        ImageShape shape = new ImageShape(4, 8, 3);
        Engine engine = Cases.engine(List.of(shape.features(), 3), true, 1, 5);
        float[] gray = new float[shape.features()];
        Arrays.fill(gray, 0.5f);
        Target target = new Target(engine, shape);
        target.forward(target.pack(new float[][] {gray}, 0, 1));
        Examples one = new Examples(new float[][] {gray}, new int[] {target.prediction(0)}, new long[] {0});
        float[] first = IntStream.range(0, 50)
                .mapToObj(seed -> new Square(1, 0.01, 1)
                        .run(target, one, new ThreatModel(Norm.LINF, 0.001f), Stream.root(seed))
                        .getFirst()
                        .input())
                .filter(point -> !Arrays.equals(point, gray)) // the start may be worse than the clean image
                .findFirst()
                .orElseThrow();
        // One query of one pixel follows the stripes, so that few pixels are out of line.
        int outOfLine = 0;
        boolean[][] up = new boolean[3][8];
        for (int input = 0; input < first.length; input++) {
            int channel = input / 32;
            int column = input % 8;
            boolean rises = first[input] > 0.5f;
            if (input % 32 < 8) {
                up[channel][column] = rises;
            }
            outOfLine += rises == up[channel][column] ? 0 : 1;
        }
        assertThat(outOfLine).isLessThanOrEqualTo(9);
        assertThat(up[0]).isNotEqualTo(up[1]);
        assertThat(up[1]).isNotEqualTo(up[2]);
    }

    private static Attempt attempt(
            Square square, Engine engine, ImageShape shape, Examples example, Norm norm, double epsilon) {
        return square.run(new Target(engine, shape), example, new ThreatModel(norm, (float) epsilon), Stream.root(1))
                .getFirst();
    }

    private static Attempt attempt(Engine engine, Examples example, Norm norm, double epsilon) {
        return new Square(1000, 0.8, 1)
                .run(Cases.target(engine), example, new ThreatModel(norm, (float) epsilon), Stream.root(1))
                .getFirst();
    }

    @Test
    void theLossIsTheLeadOfTheBestWrongClassAtThePointReturned() {
        Engine engine = Cases.engine(List.of(25, 6, 4), true, 1, 35);
        Examples examples = Cases.examples(engine, 20, 2);
        List<Attempt> attempts = new Square(30, 0.8, 2)
                .run(Cases.target(engine), examples, new ThreatModel(Norm.LINF, 0.05f), Stream.root(1));
        for (int e = 0; e < 20; e++) {
            Target target = Cases.target(engine);
            target.forward(target.pack(new float[][] {attempts.get(e).input()}, 0, 1));
            double best = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < 4; c++) {
                if (c != examples.labels()[e]) {
                    best = Math.max(best, target.logit(0, c));
                }
            }
            assertThat(attempts.get(e).loss()).isEqualTo(best - target.logit(0, examples.labels()[e]));
        }
        // The clean example, two starts of 30 queries, and the look at the result.
        assertThat(attempts).anyMatch(a -> !a.success() && a.forwards() == 1 + 2 * 31 + 1);
    }

    @Test
    void windowsShrinkAsAutoAttacksDo() {
        Square square = Square.standard();
        double[] shares = IntStream.of(0, 5, 6, 25, 26, 100, 101, 250, 251, 501, 1001, 2001, 3001, 4001, 4999)
                .mapToDouble(square::share)
                .toArray();
        assertThat(shares)
                .containsExactly(
                        0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1, 0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125, 0.0015625,
                        0.0015625);
    }

    @ParameterizedTest
    @CsvSource({"3, 3, false", "5, 5, true", "24, 25, false", "1, 7, false", "2, 2, true", "1, 2, true"})
    void patternsHaveTwoHalvesOfOppositeSignAndLengthOne(int height, int width, boolean transposed) {
        float[] pattern = new WindowPatterns().pattern(height, width, transposed);
        boolean sideBySide = transposed || height == 1;
        double squares = 0;
        for (int i = 0; i < pattern.length; i++) {
            squares += (double) pattern[i] * pattern[i];
            boolean firstHalf = sideBySide ? i % width < width / 2 : i / width < height / 2;
            assertThat(pattern[i] > 0).isEqualTo(firstHalf);
        }
        assertThat(pattern).hasSize(height * width);
        assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-6));
    }

    @Test
    void theMiddleOfAHalfIsTheLargest() {
        float[] pattern = new WindowPatterns().pattern(6, 3, false);
        assertThat(pattern[4]).isGreaterThan(pattern[0]).isGreaterThan(pattern[3]);
        assertThat(pattern[13]).isLessThan(pattern[9]).isLessThan(pattern[12]);
    }

    @Test
    void theImagesShapeIsTheDatasAndIsNotGuessed() {
        Engine engine = Cases.engine(List.of(36, 3), true, 1, 5);
        Examples examples = Cases.examples(engine, 4, 6);
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.02f);
        Square square = new Square(20, 0.8, 1);
        List<float[]> points = new ArrayList<>();
        for (ImageShape shape :
                List.of(new ImageShape(6, 6), new ImageShape(4, 9), new ImageShape(9, 4), new ImageShape(3, 4, 3))) {
            points.add(square.run(new Target(engine, shape), examples, threat, Stream.root(1))
                    .getFirst()
                    .input());
        }
        assertThat(points.get(0)).isNotEqualTo(points.get(1));
        assertThat(points.get(1)).isNotEqualTo(points.get(2));
        assertThat(points.get(2)).isNotEqualTo(points.get(3));
        assertThatThrownBy(() -> square.run(new Target(engine), examples, threat, Stream.root(1)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("attack square needs the rows and columns of an image");
        assertThatThrownBy(() -> new Target(engine, new ImageShape(6, 5))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settingsOutOfRangeAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Square(0, 0.8, 1))
                .withMessageContaining("queries")
                .withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Square(10, 1.5, 1))
                .withMessageContaining("pInit")
                .withMessageContaining("1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Square(10, Double.NaN, 1))
                .withMessageContaining("pInit");
    }
}
