package org.espalier.attack.strong.distance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Cases;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.LinearTruth;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.radius.Square;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What all attacks that look for the nearest adversarial example have to do. */
class NearestAttacksTest {
    private static final org.espalier.random.Stream STREAM = org.espalier.random.Stream.root(5);

    /** Each attack and norm, and by how much its distances may exceed the exact ones of linear networks, in all and in part. */
    static Stream<Arguments> attacksAndErrors() {
        return Stream.of(
                Arguments.of(Fab.nearest(), Norm.LINF, 0.005),
                Arguments.of(Fab.nearest(), Norm.L2, 0.002),
                Arguments.of(Fab.nearest(), Norm.L1, 0.002),
                Arguments.of(Fmn.of(500), Norm.LINF, 0.02),
                Arguments.of(Fmn.of(500), Norm.L2, 0.02),
                Arguments.of(Fmn.of(500), Norm.L1, 0.05),
                Arguments.of(CarliniWagner.standard(), Norm.L2, 0.02),
                Arguments.of(new HopSkipJump(40, 100, 10_000, 100), Norm.L2, 0.1),
                Arguments.of(new HopSkipJump(40, 100, 10_000, 100), Norm.LINF, 0.3));
    }

    @ParameterizedTest
    @MethodSource("attacksAndErrors")
    void theExactDistanceOfALinearNetworkInTheBoxIsReached(StrongAttack attack, Norm norm, double error) {
        for (int classes : new int[] {2, 3, 6}) {
            Engine engine = Cases.engine(List.of(16, classes), true, 0.8, classes);
            Examples examples = Cases.examples(engine, 12, 4);
            List<Attempt> attempts = attack.run(Cases.target(engine), examples, new ThreatModel(norm, 1), STREAM);

            for (int e = 0; e < examples.size(); e++) {
                double exact = LinearTruth.distance(norm, engine.weights(), examples.clean()[e], examples.labels()[e]);
                assertThat(attempts.get(e).distance())
                        .as("%s %s, %d classes, example %d of distance %s", attack.name(), norm, classes, e, exact)
                        .isBetween(exact * (1 - 1e-5) - 1e-6, exact * (1 + error) + 2e-3);
                assertThat(attempts.get(e).success()).isEqualTo(Double.isFinite(exact));
            }
        }
    }

    /** Without biases a blank image has all logits 0: the class that it is given is no class that it withstands in. */
    @ParameterizedTest
    @MethodSource("attacks")
    void aTieIsBrokenAtDistanceZero(StrongAttack attack, Norm norm) {
        Engine engine = Cases.engine(List.of(16, 8, 4), false, 1, 7);
        Examples examples = new Examples(new float[2][16], new int[] {0, 0}, new long[] {0, 1});
        for (Attempt attempt : attack.run(Cases.target(engine), examples, new ThreatModel(norm, 0.1f), STREAM)) {
            assertThat(attempt.success()).isTrue();
            assertThat(attempt.distance()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("norms")
    void deepFoolOvershootsTheExactDistanceOfALinearNetworkAwayFromTheBoxByTwoPercent(Norm norm) {
        Engine engine = Cases.engine(List.of(16, 4), false, 1, 7);
        Examples random = Cases.examples(engine, 12, 4);
        float[][] inner = new float[12][16];
        for (int e = 0; e < 12; e++) {
            for (int i = 0; i < 16; i++) {
                inner[e][i] = 0.5f + 0.04f * (random.clean()[e][i] - 0.5f);
            }
        }
        Examples examples = new Examples(inner, Cases.classes(engine, inner), random.numbers());
        List<Attempt> attempts =
                DeepFool.standard().run(Cases.target(engine), examples, new ThreatModel(norm, 1), STREAM);
        for (int e = 0; e < 12; e++) {
            double exact = LinearTruth.distance(norm, engine.weights(), inner[e], examples.labels()[e]);
            // 1e-4 is added to the step's length.
            assertThat(attempts.get(e).distance()).isBetween(exact, 1.02 * (exact + 1e-4) + 1e-5);
        }
    }

    static Stream<Norm> norms() {
        return Stream.of(Norm.LINF, Norm.L2);
    }

    static Stream<Arguments> attacks() {
        return Stream.concat(
                attacksAndErrors().map(a -> Arguments.of(a.get()[0], a.get()[1])),
                norms().map(norm -> Arguments.of(DeepFool.standard(), norm)));
    }

    /** A network of two inputs can be looked at everywhere. */
    @ParameterizedTest
    @MethodSource("attacks")
    void theNearestPointOfATinyNetworkIsThatOfAGridOverTheBox(StrongAttack attack, Norm norm) {
        Engine engine = Cases.engine(List.of(2, 8, 8, 3), true, 1, 14);
        Examples examples = Cases.examples(engine, 10, 3);
        int steps = 400;
        float[][] grid = new float[(steps + 1) * (steps + 1)][];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = new float[] {i % (steps + 1) / (float) steps, i / (steps + 1) / (float) steps};
        }
        int[] classes = Cases.classes(engine, grid);
        List<Attempt> attempts = attack.run(Cases.target(engine), examples, new ThreatModel(norm, 1), STREAM);
        int reached = 0;
        for (int e = 0; e < examples.size(); e++) {
            double nearest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < grid.length; i++) {
                if (classes[i] != examples.labels()[e]) {
                    nearest = Math.min(nearest, Geometry.distance(norm, examples.clean()[e], grid[i]));
                }
            }
            assertThat(nearest).isFinite();
            assertThat(attempts.get(e).distance()).isGreaterThan(nearest - 2.0 / steps);
            if (attempts.get(e).distance() < nearest * 1.05 + 2.0 / steps) {
                reached++;
            }
        }
        // Each may end at a boundary that is not the nearest; DeepFool stops at the first.
        int expected = switch (attack) {
            case CarliniWagner _ -> 10;
            case Fab _ -> 8;
            case Fmn _ -> 7;
            case HopSkipJump _ -> 5;
            default -> 4;
        };
        assertThat(reached).as("examples whose nearest point was found").isGreaterThanOrEqualTo(expected);
    }

    @Provide
    Arbitrary<StrongAttack> quickAttacks() {
        return Arbitraries.of(
                new Fab(15, 2, 3, 0.1, 1.05, 0.9, 3, false),
                new Fab(15, 1, 9, 0.1, 1.05, 0.9, 0, true),
                Fmn.of(30),
                new CarliniWagner(3, 40, 0.05, 0.1, 0, true),
                DeepFool.standard(),
                new HopSkipJump(3, 20, 100, 20),
                new Square(60, 0.8, 2));
    }

    /** Found by the property below: rounded to float32, points at the edge of a ball this small lay outside and did not count. */
    @Example
    void squareStaysInsideTinyBalls() {
        everyPointLiesInTheBoxAndEverySuccessFoolsTheNetwork(new Square(60, 0.8, 2), Norm.L2, 5, 2, 0.51, 0.03, 13);
        everyPointLiesInTheBoxAndEverySuccessFoolsTheNetwork(
                new Square(60, 0.8, 2), Norm.L1, 10, 3, 0.98, 0.07, 143_590);
    }

    @Property(tries = 120)
    void everyPointLiesInTheBoxAndEverySuccessFoolsTheNetwork(
            @ForAll("quickAttacks") StrongAttack attack,
            @ForAll Norm norm,
            @ForAll @IntRange(min = 1, max = 40) int inputs,
            @ForAll @IntRange(min = 2, max = 5) int classes,
            @ForAll @DoubleRange(max = 1) double density,
            @ForAll @DoubleRange(max = 1) double share,
            @ForAll @IntRange(max = 1_000_000) int seed) {
        Engine engine = Cases.engine(List.of(inputs, 7, classes), seed % 2 == 0, density, seed);
        Examples right = Cases.examples(engine, 9, seed);
        // Every third label is wrong: such an example is found where it stands.
        int[] labels = right.labels().clone();
        for (int e = 0; e < labels.length; e += 3) {
            labels[e] = (labels[e] + 1) % classes;
        }
        Examples examples = new Examples(right.clean(), labels, right.numbers());
        float epsilon = (float) (share * share * (norm == Norm.LINF ? 1 : norm == Norm.L2 ? 3 : 10));
        ThreatModel threat = new ThreatModel(norm, epsilon);
        if (!attack.norms().contains(norm)) {
            assertThatThrownBy(() -> attack.run(Cases.target(engine), examples, threat, STREAM))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining(attack.name())
                    .hasMessageContaining(norm.toString().toLowerCase(Locale.ROOT));
            return;
        }
        List<Attempt> attempts = attack.run(Cases.target(engine), examples, threat, STREAM);
        assertThat(attempts).hasSize(9);
        for (int e = 0; e < 9; e++) {
            Attempt attempt = attempts.get(e);
            float[] clean = examples.clean()[e];
            double distance = Geometry.distance(norm, clean, attempt.input());
            for (float value : attempt.input()) {
                assertThat(value).isBetween(0f, 1f);
            }
            boolean fooled = Cases.fooled(engine, attempt.input(), labels[e]);
            if (e % 3 == 0) {
                assertThat(attempt.success()).isTrue();
                assertThat(distance).isZero();
            } else if (attack.minimumNorm()) {
                assertThat(attempt.success()).isEqualTo(fooled);
                assertThat(attempt.distance()).isEqualTo(fooled ? distance : Double.POSITIVE_INFINITY);
            } else {
                assertThat(distance).isLessThanOrEqualTo(attempt.success() ? epsilon * (1 + 1e-12) : epsilon + 1e-6);
                assertThat(attempt.success()).isEqualTo(fooled);
                assertThat(attempt.distance()).isEqualTo(distance);
            }
            assertThat(attempt.forwards()).isPositive();
        }
    }

    @Property(tries = 15)
    void anExamplesResultDependsOnItselfAlone(
            @ForAll("quickAttacks") StrongAttack attack, @ForAll Norm norm, @ForAll @IntRange(max = 1000) int seed) {
        if (!attack.norms().contains(norm)) {
            return;
        }
        Engine engine = Cases.engine(List.of(25, 6, 4), seed % 2 == 0, 0.7, seed);
        Examples all = Cases.examples(engine, Target.CAPACITY + 20, seed);
        ThreatModel threat = new ThreatModel(norm, norm == Norm.LINF ? 0.1f : 0.5f);
        List<Attempt> together = attack.run(Cases.target(engine), all, threat, STREAM);
        int[] some = {140, 3, 77, 128, 0};
        List<Attempt> alone = attack.run(Cases.target(engine), all.pick(some), threat, STREAM);
        for (int i = 0; i < some.length; i++) {
            Attempt one = alone.get(i);
            Attempt other = together.get(some[i]);
            assertThat(one.input()).isEqualTo(other.input());
            assertThat(List.of(one.success(), one.distance(), one.loss(), one.forwards(), one.backwards()))
                    .isEqualTo(List.of(
                            other.success(), other.distance(), other.loss(), other.forwards(), other.backwards()));
        }
    }

    @ParameterizedTest
    @MethodSource("randomAttacks")
    void anotherStreamGivesOtherPoints(StrongAttack attack) {
        Engine engine = Cases.engine(List.of(25, 6, 4), true, 0.7, 35);
        Examples examples = Cases.examples(engine, 5, 3);
        ThreatModel threat = new ThreatModel(Norm.L2, 0.2f);
        List<Attempt> one = attack.run(Cases.target(engine), examples, threat, STREAM);
        List<Attempt> other = attack.run(Cases.target(engine), examples, threat, STREAM.child("other"));
        assertThat(attack.random()).isTrue();
        int different = 0;
        for (int e = 0; e < 5; e++) {
            different +=
                    java.util.Arrays.equals(one.get(e).input(), other.get(e).input()) ? 0 : 1;
        }
        assertThat(different).isPositive();
    }

    static Stream<StrongAttack> randomAttacks() {
        return Stream.of(new HopSkipJump(3, 20, 100, 20), new Square(60, 0.8, 1));
    }

    /** Hidden units that are never active: inputs are live, yet nothing moves the logits. */
    @Property(tries = 40)
    void aNetworkThatNothingMovesIsLeftAlone(
            @ForAll("quickAttacks") StrongAttack attack, @ForAll Norm norm, @ForAll boolean pruned) {
        if (!attack.norms().contains(norm)) {
            return;
        }
        Architecture architecture = new Architecture(List.of(9, 4, 3), true);
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < 2; layer++) {
            java.util.Arrays.fill(weights.matrix(layer), 1f);
        }
        java.util.Arrays.fill(weights.biases(0), -100f);
        weights.biases(1)[1] = 1f;
        Engine engine = Engines.create(architecture);
        engine.load(
                weights,
                pruned ? Mask.of(architecture, new byte[][] {new byte[36], new byte[12]}) : Mask.dense(architecture));
        Examples examples = Cases.examples(engine, 3, 1);
        for (Attempt attempt : attack.run(Cases.target(engine), examples, new ThreatModel(norm, 0.5f), STREAM)) {
            assertThat(attempt.success()).isFalse();
            for (float value : attempt.input()) {
                assertThat(value).isBetween(0f, 1f);
            }
            assertThat(attempt.zeroGradient())
                    .isEqualTo(attack.access() == Access.WHITE_BOX && attempt.backwards() > 0);
        }
    }
}
