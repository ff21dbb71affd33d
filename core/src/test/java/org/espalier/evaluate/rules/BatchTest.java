package org.espalier.evaluate.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Steps on a network of one input that names class 1 above one half. */
class BatchTest {
    private static final ThreatModel NEAR = new ThreatModel(Norm.LINF, 0.1f);

    /** Moves every input up or down by so much, whatever the threat model says. */
    private record Shift(String name, float by, Access access, boolean minimumNorm, String label)
            implements StrongAttack {
        Shift(String name, double by) {
            this(name, (float) by, Access.WHITE_BOX, false, "true");
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of("by", by, "label", label);
        }

        @Override
        public Set<Norm> norms() {
            return Set.of(Norm.LINF);
        }

        @Override
        public List<Attempt> run(Target target, Examples examples, ThreatModel threat, Stream stream) {
            List<Attempt> attempts = new ArrayList<>();
            for (int e = 0; e < examples.size(); e++) {
                float[] clean = examples.clean()[e];
                float[] moved = {clean[0] + (examples.labels()[e] == 1 ? -by : by)};
                boolean success = moved[0] > 0.5f != (examples.labels()[e] == 1)
                        && (minimumNorm || Geometry.holds(threat, clean, moved));
                attempts.add(new Attempt(
                        moved, success, Math.abs(moved[0] - clean[0]), 0, 2, 1, by == 0, new float[] {1, e + 1}));
            }
            return attempts;
        }
    }

    private static Target target() {
        Architecture architecture = new Architecture(List.of(1, 2), true);
        Weights weights = new Weights(architecture);
        weights.matrix(0)[1] = 1;
        weights.biases(0)[0] = 0.5f;
        Engine engine = Engines.create(architecture);
        engine.load(weights, Mask.dense(architecture));
        return new Target(engine);
    }

    private static final float[] INPUTS = {0.9f, 0.58f, 0.52f, 0.45f, 0.3f, 0.2f};
    private static final int[] LABELS = {1, 1, 1, 0, 0, 1}; // the last is classified wrong

    private static Batch run(List<Step> steps, int from, int to) {
        float[][] clean = new float[to - from][1];
        int[] labels = new int[to - from];
        long[] numbers = new long[to - from];
        for (int e = from; e < to; e++) {
            clean[e - from][0] = INPUTS[e];
            labels[e - from] = LABELS[e];
            numbers[e - from] = e;
        }
        return Batch.run(target(), new Examples(clean, labels, numbers), steps, Stream.root(1));
    }

    private static Step suite(StrongAttack attack, String... after) {
        return new Step(attack.name(), Step.Purpose.SUITE, attack, NEAR, List.of(after));
    }

    @Test
    void aStepSeesWhatIsRightAndWhatStepsBeforeItLeft() {
        List<Step> steps = List.of(
                suite(new Shift("weak", 0.03)),
                suite(new Shift("strong", 0.09), "weak"),
                suite(new Shift("alone", 0.09)));
        Batch batch = run(steps, 0, 6);
        assertThat(batch.clean()).isEqualTo(Outcomes.of(true, true, true, true, true, false));
        assertThat(batch.step("weak").saw().cardinality()).isEqualTo(5);
        assertThat(batch.step("weak").broken().stream()).containsExactly(2);
        assertThat(batch.step("strong").saw().stream()).containsExactly(0, 1, 3, 4);
        assertThat(batch.step("strong").broken().stream()).containsExactly(1, 3);
        assertThat(batch.step("alone").broken().stream()).containsExactly(1, 2, 3);
        Assessment all = new Assessment(steps, batch, 2, Optional.empty());
        assertThat(all.worst()).isEqualTo(Outcomes.of(true, false, false, false, true, false));
    }

    @Test
    void batchesTogetherAreTheWhole() {
        List<Step> steps = List.of(suite(new Shift("weak", 0.03)), suite(new Shift("strong", 0.09), "weak"));
        Batch whole = run(steps, 0, 6);
        Batch parts = run(steps, 0, 2).then(run(steps, 2, 3)).then(run(steps, 3, 6));
        assertThat(parts.labels()).isEqualTo(whole.labels());
        assertThat(parts.predictions()).isEqualTo(whole.predictions());
        for (Step step : steps) {
            assertThat(parts.step(step.name()).saw())
                    .isEqualTo(whole.step(step.name()).saw());
            assertThat(parts.step(step.name()).broken())
                    .isEqualTo(whole.step(step.name()).broken());
            assertThat(parts.step(step.name()).distances())
                    .isEqualTo(whole.step(step.name()).distances());
            assertThat(parts.step(step.name()).forwards())
                    .isEqualTo(whole.step(step.name()).forwards());
        }
    }

    @Test
    void anInputOutsideTheBallBreaksNothingAndRefusesTheFigure() {
        List<Step> steps = List.of(suite(new Shift("cheat", 0.4)));
        Batch batch = run(steps, 0, 6);
        assertThat(batch.step("cheat").broken().isEmpty()).isTrue();
        assertThat(batch.step("cheat").excess().outsideBall()).isBetween(0.29, 0.31);
        assertThat(batch.step("cheat").excess().outsideBox()).isZero();
        assertThat(verdict(steps, batch, Rule.INSIDE)).isEqualTo(Verdict.REFUSED);
    }

    @Test
    void aMinimumNormAttackBreaksWhatItFindsWithinTheRadius() {
        List<Step> steps = List.of(suite(new Shift("nearest", 0.42f, Access.WHITE_BOX, true, "true")));
        Batch batch = run(steps, 0, 6);
        assertThat(batch.step("nearest").broken().isEmpty()).isTrue();
        assertThat(batch.step("nearest").excess().outsideBall()).isZero();
        assertThat(batch.step("nearest").distances()[0]).isCloseTo(0.42, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(batch.step("nearest").distances()[5]).isNaN();
        assertThat(verdict(steps, batch, Rule.INSIDE)).isEqualTo(Verdict.PASS);
    }

    /** The class changes at 5e-7, which no point within 2e-7 reaches, nor within float32 rounding of it. */
    @Test
    void aBallSmallerThanAMillionthIsNotLeft() {
        Architecture architecture = new Architecture(List.of(2, 2), true);
        Weights weights = new Weights(architecture);
        weights.matrix(0)[2] = 1;
        weights.biases(0)[0] = 5e-7f;
        Engine engine = Engines.create(architecture);
        engine.load(weights, Mask.dense(architecture));
        Examples examples = new Examples(new float[][] {{0, 0.25f}}, new int[] {0}, new long[] {0});
        ThreatModel tiny = new ThreatModel(Norm.LINF, 2e-7f);
        ThreatModel enough = new ThreatModel(Norm.LINF, 6e-7f);
        for (StrongAttack attack : List.of(
                org.espalier.attack.strong.distance.Fab.nearest(),
                org.espalier.attack.strong.radius.ProjectedGradient.fgsm(),
                org.espalier.attack.strong.radius.ProjectedGradient.pgd(40, 1))) {
            List<Step> steps = List.of(
                    new Step("tiny", Step.Purpose.SUITE, attack, tiny, List.of()),
                    new Step("enough", Step.Purpose.SUITE, attack, enough, List.of()));
            Batch batch = Batch.run(new Target(engine), examples, steps, Stream.root(1));
            assertThat(batch.step("tiny").broken().isEmpty()).as(attack.name()).isTrue();
            assertThat(batch.step("enough").broken().get(0)).as(attack.name()).isTrue();
            assertThat(verdict(steps, batch, Rule.INSIDE)).isEqualTo(Verdict.PASS);
        }
    }

    @Test
    void anInputWithTiedLogitsIsRightButWithstandsNothing() {
        Engine engine = Engines.create(new Architecture(List.of(1, 2), false));
        Weights weights = new Weights(new Architecture(List.of(1, 2), false));
        weights.matrix(0)[0] = 1;
        engine.load(weights, Mask.dense(weights.architecture()));
        Examples examples = new Examples(new float[][] {{0}, {0.3f}}, new int[] {0, 0}, new long[] {0, 1});
        List<Step> steps = List.of(suite(new Shift("idle", 0)));
        Batch batch = Batch.run(new Target(engine), examples, steps, Stream.root(1));
        Assessment all = new Assessment(steps, batch, 2, Optional.empty());
        assertThat(all.clean()).isEqualTo(Outcomes.of(true, true));
        assertThat(all.worst()).isEqualTo(Outcomes.of(false, true));
        assertThat(batch.step("idle").distances()).containsExactly(0, 0);
    }

    @Test
    void purposesReachTheirRules() {
        List<Step> steps = List.of(
                suite(new Shift("weak", 0.03)),
                suite(new Shift("black", 0.09f, Access.SCORES, false, "true")),
                new Step("fgsm", Step.Purpose.FGSM, new Shift("fgsm", 0), NEAR, List.of()),
                new Step("pgd", Step.Purpose.PGD, new Shift("pgd", 0.09), NEAR, List.of()),
                new Step(
                        "full", Step.Purpose.FULL_BALL, new Shift("full", 0), new ThreatModel(Norm.LINF, 1), List.of()),
                new Step("doubled", Step.Purpose.DOUBLED, new Shift("doubled", 0.09), NEAR, List.of("weak", "black")));
        Batch batch = run(steps, 0, 6);
        assertThat(verdict(steps, batch, Rule.WHITE_BOX)).isEqualTo(Verdict.UNRELIABLE);
        assertThat(verdict(steps, batch, Rule.GRADIENT)).isEqualTo(Verdict.UNRELIABLE);
        assertThat(verdict(steps, batch, Rule.MANY_STEPS)).isEqualTo(Verdict.PASS);
        assertThat(verdict(steps, batch, Rule.FULL_BALL)).isEqualTo(Verdict.REFUSED);
        assertThat(verdict(steps, batch, Rule.CONVERGED)).isEqualTo(Verdict.PASS);
        assertThat(verdict(steps, batch, Rule.LARGER_BALL)).isEqualTo(Verdict.NOT_CHECKED);
        assertThat(verdict(steps, batch, Rule.CERTIFIED)).isEqualTo(Verdict.NOT_CHECKED);
        assertThat(verdict(steps, batch, Rule.TRUE_LABEL)).isEqualTo(Verdict.PASS);
    }

    @Test
    void whatABlackBoxBrokeBeforeWhiteBoxesCameIsHeldAgainstThoseThatSawAll() {
        Step black = suite(new Shift("black", 0.09f, Access.SCORES, false, "true"));
        Step white = suite(new Shift("white", 0.09), "black");
        Step seesAll = new Step("pgd", Step.Purpose.PGD, new Shift("pgd", 0.09), NEAR, List.of());
        Step blind = new Step("pgd", Step.Purpose.PGD, new Shift("pgd", 0), NEAR, List.of());
        List<Step> fair = List.of(black, white, seesAll);
        assertThat(verdict(fair, run(fair, 0, 6), Rule.WHITE_BOX)).isEqualTo(Verdict.PASS);
        List<Step> masked = List.of(black, white, blind);
        assertThat(verdict(masked, run(masked, 0, 6), Rule.WHITE_BOX)).isEqualTo(Verdict.UNRELIABLE);
    }

    @Test
    void theCurveStartsAtTheCleanAccuracy() {
        List<Step> steps = List.of(
                new Step("near", Step.Purpose.CURVE, new Shift("near", 0.03), NEAR, List.of()),
                new Step(
                        "far", Step.Purpose.CURVE, new Shift("far", 0.2), new ThreatModel(Norm.LINF, 0.2f), List.of()));
        Assessment all = new Assessment(steps, run(steps, 0, 6), 2, Optional.empty());
        assertThat(all.curve().values().stream().map(Outcomes::count)).containsExactly(5, 4, 2);
        assertThat(all.curve().firstKey()).isZero();
    }

    @Test
    void anAttackByPredictedLabelsIsMarked() {
        List<Step> steps = List.of(suite(new Shift("leak", 0.03f, Access.WHITE_BOX, false, "predicted")));
        assertThat(verdict(steps, run(steps, 0, 6), Rule.TRUE_LABEL)).isEqualTo(Verdict.UNRELIABLE);
    }

    @Test
    void aStepCannotFollowOneThatComesLater() {
        List<Step> steps = List.of(suite(new Shift("first", 0.03), "second"), suite(new Shift("second", 0.03)));
        assertThatThrownBy(() -> run(steps, 0, 2)).hasMessageContaining("second");
    }

    private static Verdict verdict(List<Step> steps, Batch batch, Rule rule) {
        return new Assessment(steps, batch, 2, Optional.empty())
                .findings().stream()
                        .filter(finding -> finding.rule() == rule)
                        .findFirst()
                        .orElseThrow()
                        .verdict();
    }
}
