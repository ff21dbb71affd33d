package org.espalier.attack.strong.radius;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.UserException;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.Norm;
import org.espalier.attack.SleepingUnits;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Cases;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.LinearWorstCase;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.attack.strong.search.Steps;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Attacks with a radius: the sandwich of linear networks, where the truth is known, and what holds for any network. */
class RadiusAttacksTest {
    private static final Stream STREAM = Stream.root(5).child("attack");
    private static final Apgd MARGIN = new Apgd(Losses.MARGIN, 60, 1, 1);

    private static final List<StrongAttack> ALL = List.of(
            Apgd.crossEntropy(),
            Apgd.dlr(),
            Apgd.targeted(),
            MARGIN,
            ProjectedGradient.pgd(20, 2),
            ProjectedGradient.fgsm(),
            ProjectedGradient.fastFgsm(),
            ProjectedGradient.momentum(10),
            ProjectedGradient.paperPgd(),
            new Noise(3));

    /** Radii at which about half of the examples can be broken. */
    private static float radius(Norm norm) {
        return switch (norm) {
            case LINF -> 0.06f;
            case L2 -> 0.3f;
            case L1 -> 1f;
        };
    }

    /** The error is a share of what the attack gains over the clean margin. */
    @ParameterizedTest
    @CsvSource({"LINF, 1e-5", "L2, 2e-3", "L1, 2.5e-2"})
    void autoPgdReachesTheWorstCaseOfALinearNetworkOfTwoClasses(Norm norm, double error) {
        Engine engine = Cases.engine(List.of(100, 2), true, 1, 1);
        Examples examples = Cases.examples(engine, 70, 2);
        ThreatModel threat = new ThreatModel(norm, radius(norm));
        List<Attempt> attempts = new Apgd(Losses.MARGIN, 100, 1, 1).run(Cases.target(engine), examples, threat, STREAM);
        int broken = 0;
        for (int e = 0; e < examples.size(); e++) {
            float[] clean = examples.clean()[e];
            int label = examples.labels()[e];
            double worst = LinearWorstCase.margin(engine.weights(), clean, label, threat);
            double before = LinearWorstCase.margin(engine.weights(), clean, label, new ThreatModel(norm, 0));
            assertThat(attempts.get(e).loss())
                    .as("example %d", e)
                    .isBetween(worst - error * (worst - before), worst + 1e-5);
            broken += attempts.get(e).success() ? 1 : 0;
        }
        assertThat(broken).isBetween(7, 63);
    }

    /**
     * Attacks that try every class break what can be broken with a little to spare; the others, which may climb towards the
     * wrong class, most of it; and none what cannot.
     */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void whatCanBeBrokenInALinearNetworkIsBroken(Norm norm) {
        Engine engine = Cases.engine(List.of(30, 5), true, 0.7, 3);
        Examples examples = Cases.examples(engine, 70, 4);
        ThreatModel threat = new ThreatModel(norm, radius(norm));
        double[] worst = new double[70];
        int breakable = 0;
        for (int e = 0; e < 70; e++) {
            worst[e] = LinearWorstCase.margin(engine.weights(), examples.clean()[e], examples.labels()[e], threat);
            breakable += worst[e] > 0 ? 1 : 0;
        }
        assertThat(breakable).isBetween(15, 60);
        List<StrongAttack> attacks = List.of(
                Apgd.targeted(),
                new Apgd(Losses.TARGETED_MARGIN, 100, 1, 4),
                Apgd.crossEntropy(),
                Apgd.dlr(),
                MARGIN,
                ProjectedGradient.pgd(100, 3));
        for (StrongAttack attack : attacks) {
            boolean everyClass = attack instanceof Apgd apgd && apgd.loss().targeted();
            List<Attempt> attempts = attack.run(Cases.target(engine), examples, threat, STREAM);
            int broken = 0;
            for (int e = 0; e < examples.size(); e++) {
                boolean success = attempts.get(e).success();
                if (worst[e] < -1e-5 || everyClass && worst[e] > 0.01) {
                    assertThat(success)
                            .as("%s, example %d, worst margin %s", attack.name(), e, worst[e])
                            .isEqualTo(worst[e] > 0);
                }
                broken += success ? 1 : 0;
            }
            assertThat(broken).as(attack.name()).isBetween((int) (0.85 * breakable), breakable);
        }
    }

    @Test
    void startsAtCornersFindWhatOtherStartsDoNotSee() {
        Engine engine = SleepingUnits.engine();
        float[][] clean = new float[40][SleepingUnits.INPUTS];
        Examples examples =
                new Examples(clean, new int[40], LongStream.range(0, 40).toArray());
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.3f);
        for (Losses loss : List.of(Losses.CROSS_ENTROPY, Losses.MARGIN)) {
            assertThat(new Apgd(loss, 100, 1, 1)
                            .run(Cases.target(engine), examples, threat, STREAM).stream()
                                    .filter(Attempt::success))
                    .hasSizeLessThan(5);
            assertThat(new Apgd(loss, 100, 8, 1, Apgd.Start.CORNERS)
                            .run(Cases.target(engine), examples, threat, STREAM))
                    .allMatch(Attempt::success);
        }
    }

    @Test
    void cornersAreOfTheLInfinityBallOnly() {
        Apgd corners = new Apgd(Losses.MARGIN, 60, 1, 1, Apgd.Start.CORNERS);
        assertThat(corners.name()).isEqualTo("apgd-margin-corners");
        assertThat(corners.settings()).containsEntry("start", "corners");
        assertThat(MARGIN.settings()).doesNotContainKey("start");
        assertThat(corners.doubled()).contains(new Apgd(Losses.MARGIN, 120, 2, 1, Apgd.Start.CORNERS));
        assertThatThrownBy(() -> corners.check(new ThreatModel(Norm.L2, 1), 3))
                .isInstanceOf(UserException.class)
                .hasMessage("attack apgd-margin-corners does not support the norm l2; it supports l-infinity");
    }

    @Property(tries = 40)
    void pointsFromCornersStayInBallAndBox(
            @ForAll @FloatRange(min = 0, max = 1) float epsilon, @ForAll @IntRange(min = 0, max = 1000) int seed) {
        Engine engine = Cases.engine(List.of(17, 9, 4), true, seed % 3 == 0 ? 0.2 : 1, seed);
        Examples examples = Cases.examples(engine, 70, seed);
        Apgd attack = new Apgd(Losses.MARGIN, 4, 2, 1, Apgd.Start.CORNERS);
        ThreatModel threat = new ThreatModel(Norm.LINF, epsilon);
        List<Attempt> together = attack.run(Cases.target(engine), examples, threat, STREAM);
        List<Attempt> apart = attack.run(Cases.target(engine), examples.pick(new int[] {69, 3}), threat, STREAM);
        assertThat(apart.get(0).input()).containsExactly(together.get(69).input());
        assertThat(apart.get(1).input()).containsExactly(together.get(3).input());
        for (int e = 0; e < 70; e++) {
            for (float value : together.get(e).input()) {
                assertThat(value).isBetween(0f, 1f);
            }
            assertThat(together.get(e).distance()).isLessThanOrEqualTo(epsilon);
        }
    }

    @Property(tries = 40)
    void ballAndBoxAreNeverLeft(
            @ForAll Norm norm,
            @ForAll("attacks") StrongAttack attack,
            @ForAll @FloatRange(min = 0, max = 6) float epsilon,
            @ForAll @IntRange(min = 1, max = 200) int inputs,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        Engine engine = Cases.engine(List.of(inputs, 9, 4), true, seed % 3 == 0 ? 0.2 : 1, seed);
        Examples examples = Cases.examples(engine, 9, seed);
        float radius = norm == Norm.LINF ? epsilon / 6 : epsilon;
        List<Attempt> attempts = attack.run(Cases.target(engine), examples, new ThreatModel(norm, radius), STREAM);
        float[][] points = new float[9][];
        for (int e = 0; e < 9; e++) {
            points[e] = attempts.get(e).input();
            for (float value : points[e]) {
                assertThat(value).isBetween(0f, 1f);
            }
            assertThat(attempts.get(e).distance())
                    .isEqualTo(Geometry.distance(norm, examples.clean()[e], points[e]))
                    .isLessThanOrEqualTo(radius + 1e-6);
        }
        int[] classes = Cases.classes(engine, points);
        for (int e = 0; e < 9; e++) {
            assertThat(attempts.get(e).success()).isEqualTo(classes[e] != examples.labels()[e]);
        }
    }

    @Provide
    Arbitrary<StrongAttack> attacks() {
        return Arbitraries.of(ALL);
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void anExamplesResultDoesNotDependOnItsCompany(Norm norm) {
        Engine engine = Cases.engine(List.of(20, 12, 5), true, 0.6, 7);
        Examples examples = Cases.examples(engine, 150, 8);
        ThreatModel threat = new ThreatModel(norm, radius(norm) * 0.7f);
        int[] some = {149, 3, 64, 128};
        for (StrongAttack attack : ALL) {
            List<Attempt> together = attack.run(Cases.target(engine), examples, threat, STREAM);
            List<Attempt> apart = attack.run(Cases.target(engine), examples.pick(some), threat, STREAM);
            for (int i = 0; i < some.length; i++) {
                assertThat(apart.get(i))
                        .as("%s, example %d", attack.name(), some[i])
                        .usingRecursiveComparison()
                        .isEqualTo(together.get(some[i]));
            }
        }
    }

    @Test
    void noAttackOfRadiusZeroBreaksAnything() {
        Engine engine = Cases.engine(List.of(20, 12, 5), true, 1, 7);
        Examples examples = Cases.examples(engine, 20, 8);
        for (Norm norm : Norm.values()) {
            for (StrongAttack attack : ALL) {
                assertThat(attack.run(Cases.target(engine), examples, new ThreatModel(norm, 0), STREAM))
                        .as("%s, %s", attack.name(), norm)
                        .noneMatch(Attempt::success)
                        .allMatch(attempt -> attempt.distance() == 0);
            }
        }
    }

    @Test
    void aNetworkWithoutALivePathIsSaidToHaveNoGradient() {
        Engine engine = Cases.engine(List.of(20, 12, 5), true, 0, 7);
        Examples examples = Cases.examples(engine, 5, 8);
        ThreatModel threat = new ThreatModel(Norm.LINF, 1);
        assertThat(Apgd.crossEntropy().run(Cases.target(engine), examples, threat, STREAM))
                .allMatch(attempt -> attempt.zeroGradient() && !attempt.success());
        assertThat(Apgd.crossEntropy()
                        .run(Cases.target(Cases.engine(List.of(20, 12, 5), true, 1, 7)), examples, threat, STREAM))
                .noneMatch(Attempt::zeroGradient);
    }

    @Test
    void everyPassIsCountedAndEveryIterationHasItsLoss() {
        Engine engine = Cases.engine(List.of(20, 12, 5), true, 1, 7);
        Target target = Cases.target(engine);
        Examples examples = Cases.examples(engine, 10, 8);
        ThreatModel threat = new ThreatModel(Norm.LINF, 1e-4f);
        List<Attempt> attempts = new Apgd(Losses.DLR, 12, 2, 1).run(target, examples, threat, STREAM);
        for (Attempt attempt : attempts) {
            // Two runs of a start, 12 iterations and a last look; the last iteration needs no gradient.
            assertThat(attempt.forwards()).isEqualTo(2 * (1 + 12 + 1));
            assertThat(attempt.backwards()).isEqualTo(2 * 12);
            assertThat(attempt.losses()).hasSize(2 * 13);
            for (int i = 1; i < 26; i++) {
                assertThat(attempt.losses()[i]).isGreaterThanOrEqualTo(attempt.losses()[i - 1]);
            }
        }
        assertThat(target.forwards())
                .isEqualTo(attempts.stream().mapToLong(Attempt::forwards).sum());
        assertThat(target.backwards())
                .isEqualTo(attempts.stream().mapToLong(Attempt::backwards).sum());
    }

    /** By hand: signs of both gradients agree here, so two steps of half the radius reach the corner that one step does. */
    @Test
    void momentumTakesTheSameWayAsFgsmOnALinearNetwork() {
        Engine engine = Cases.engine(List.of(30, 2), false, 1, 1);
        Examples examples = Cases.examples(engine, 20, 2);
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.125f);
        List<Attempt> one = ProjectedGradient.fgsm().run(Cases.target(engine), examples, threat, STREAM);
        List<Attempt> many = ProjectedGradient.momentum(2).run(Cases.target(engine), examples, threat, STREAM);
        for (int e = 0; e < 20; e++) {
            for (int i = 0; i < 30; i++) {
                assertThat(many.get(e).input()[i])
                        .isCloseTo(one.get(e).input()[i], org.assertj.core.data.Offset.offset(1e-6f));
            }
        }
    }

    @Test
    void aTransferShowsOtherNetworksExamplesToThisOne() {
        Engine engine = Cases.engine(List.of(20, 12, 5), true, 1, 7);
        Engine other = Cases.engine(List.of(20, 30, 5), true, 0.5, 9);
        Examples examples = Cases.examples(engine, 140, 8);
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.3f);
        StrongAttack maker = ProjectedGradient.pgd(20, 1);
        Transfer onItself = new Transfer("itself", engine.weights(), engine.mask(), maker);
        Transfer transfer = new Transfer("another", other.weights(), other.mask(), maker);
        long white = maker.run(Cases.target(engine), examples, threat, STREAM).stream()
                .filter(Attempt::success)
                .count();
        List<Attempt> itself = onItself.run(Cases.target(engine), examples, threat, STREAM);
        List<Attempt> made = transfer.run(Cases.target(engine), examples, threat, STREAM);
        List<Attempt> source = maker.run(Cases.target(other), examples, threat, STREAM);
        assertThat(itself.stream().filter(Attempt::success).count()).isEqualTo(white);
        assertThat(made.stream().filter(Attempt::success).count()).isLessThan(white);
        int[] classes =
                Cases.classes(engine, source.stream().map(Attempt::input).toArray(float[][]::new));
        for (int e = 0; e < 140; e++) {
            assertThat(made.get(e).input()).isEqualTo(source.get(e).input());
            assertThat(made.get(e).success()).isEqualTo(classes[e] != examples.labels()[e]);
        }
    }

    @Test
    void aTransferFromANetworkOfAnotherShapeIsRefused() {
        Engine engine = Cases.engine(List.of(20, 5), true, 1, 7);
        Engine other = Cases.engine(List.of(20, 4), true, 1, 9);
        Transfer transfer = new Transfer("the dense parent", other.weights(), other.mask(), ProjectedGradient.fgsm());
        assertThatThrownBy(() -> transfer.run(
                        Cases.target(engine), Cases.examples(engine, 1, 1), new ThreatModel(Norm.LINF, 0.1f), STREAM))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("the dense parent")
                .hasMessageContaining("20-4")
                .hasMessageContaining("5 classes");
    }

    @Test
    void lossesThatNeedMoreClassesSaySo() {
        ThreatModel threat = new ThreatModel(Norm.LINF, 0.1f);
        assertThatThrownBy(() -> Apgd.dlr().check(threat, 2))
                .isInstanceOf(UserException.class)
                .hasMessage("attack apgd-dlr needs a network of at least 3 classes, this one has 2");
        assertThatThrownBy(() -> Apgd.targeted().check(threat, 3))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("at least 4 classes");
        Apgd.targeted().check(threat, 4);
    }

    @Test
    void restartsWithoutARandomStartAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new ProjectedGradient("pgd", Losses.CROSS_ENTROPY, 2, 1, 0, false, 2, KeptIterate.BEST))
                .withMessageContaining("random start");
    }

    @Test
    void selectionFindsWhatSortingFinds() {
        for (int seed = 0; seed < 200; seed++) {
            int size = 1 + seed % 37;
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = Stream.root(seed).below(1 + seed % 11, i);
            }
            float[] sorted = values.clone();
            java.util.Arrays.sort(sorted);
            for (int i : IntStream.range(0, size).toArray()) {
                assertThat(Steps.select(values.clone(), i)).isEqualTo(sorted[i]);
            }
        }
    }
}
