package org.espalier.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttackTest {
    private static final Stream NOISE = Stream.root(11).child("noise");
    private static final Architecture LINEAR = new Architecture(List.of(6, 2), false);
    private static final Architecture SMALL = new Architecture(List.of(6, 8, 3), true);

    @Test
    void fgsmReachesTheExactWorstCaseOfALinearNetwork() {
        assertReachesTheWorstCase(new Fgsm(0.3f, LabelChoice.TRUE));
    }

    @Test
    void pgdReachesTheExactWorstCaseOfALinearNetworkFromAnyStart() {
        // Twelve steps of 0.05 cross the whole ball of radius 0.3.
        assertReachesTheWorstCase(new Pgd(0.3f, 0.05f, 13, true, 1, KeptIterate.LAST, LabelChoice.TRUE));
        assertReachesTheWorstCase(new Pgd(0.3f, 0.05f, 13, true, 2, KeptIterate.BEST, LabelChoice.TRUE));
        assertReachesTheWorstCase(new Pgd(0.3f, 0.05f, 7, false, 1, KeptIterate.LAST, LabelChoice.TRUE));
        assertReachesTheWorstCase(new CornerPgd(0.3f, 0.05f, 13));
    }

    /** The logits' difference is linear: each input moves by epsilon against the true class, as far as [0, 1] allows. */
    private static void assertReachesTheWorstCase(Attack attack) {
        Engine engine = engine(LINEAR, 1);
        int[] labels = {0, 1, 0, 1, 1};
        float[][] clean = images(5, 6, 2);
        float[][] made = new Batch(engine, attack, clean, labels).perturb(labels, NOISE, 0);
        Weights weights = engine.weights();
        for (int e = 0; e < 5; e++) {
            for (int f = 0; f < 6; f++) {
                float own = weights.matrix(0)[labels[e] * 6 + f];
                float other = weights.matrix(0)[(1 - labels[e]) * 6 + f];
                float moved = clean[e][f] + (other > own ? 0.3f : -0.3f);
                assertThat(made[e][f]).isEqualTo(Math.clamp(moved, 0f, 1f));
            }
        }
    }

    @Test
    void aWronglyClassifiedInputIsDrivenFromItsWrongClassWhenThePredictedLabelIsAttacked() {
        Engine engine = engine(LINEAR, 1);
        float[][] clean = images(40, 6, 3);
        int[] predicted = predictions(engine, clean);
        int[] wrong = new int[40];
        for (int e = 0; e < 40; e++) {
            wrong[e] = 1 - predicted[e];
        }
        for (LabelChoice choice : LabelChoice.values()) {
            int[] attacked = choice == LabelChoice.TRUE ? wrong : predicted;
            for (Attack attack : List.of(new Fgsm(0.1f, choice), Pgd.paper(choice))) {
                float[][] asked = new Batch(engine, attack, clean, wrong).perturb(wrong, NOISE, 0);
                Attack plain = attack instanceof Fgsm ? new Fgsm(0.1f, LabelChoice.TRUE) : Pgd.paper(LabelChoice.TRUE);
                float[][] expected = new Batch(engine, plain, clean, attacked).perturb(attacked, NOISE, 0);
                assertThat(asked).isDeepEqualTo(expected);
            }
        }
    }

    @Property(tries = 60)
    void perturbationsStayInTheBallAndInTheBox(
            @ForAll @FloatRange(min = 0, max = 1.2f) float epsilon,
            @ForAll @FloatRange(min = 0, max = 1) float step,
            @ForAll @IntRange(min = 0, max = 4) int steps,
            @ForAll boolean randomStart,
            @ForAll KeptIterate keep,
            @ForAll LabelChoice label,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        Engine engine = engine(SMALL, seed);
        float[][] clean = images(9, 6, seed + 1);
        int[] labels = {0, 1, 2, 0, 1, 2, 0, 1, 2};
        Pgd pgd = new Pgd(epsilon, step, steps, randomStart, randomStart ? 2 : 1, keep, label);
        for (Attack attack : List.of(pgd, new Fgsm(epsilon, label), new CornerPgd(epsilon, step, steps))) {
            float[][] made = new Batch(engine, attack, clean, labels).perturb(labels, NOISE, 0);
            for (int e = 0; e < 9; e++) {
                for (int f = 0; f < 6; f++) {
                    assertThat(made[e][f]).isBetween(0f, 1f);
                    // clean + epsilon is rounded once, hence the last bit of slack.
                    assertThat(made[e][f]).isCloseTo(clean[e][f], within(Math.nextUp(epsilon) + 0x1p-24f));
                }
            }
        }
    }

    @Test
    void noiseDependsOnAnExamplesNumberAndNotOnItsCompany() {
        Engine engine = engine(SMALL, 5);
        float[][] clean = images(130, 6, 6);
        int[] labels = new int[130];
        for (Attack attack : List.of(Pgd.paper(LabelChoice.TRUE), new CornerPgd(0.3, 0.05, 10))) {
            float[][] together = new Batch(engine, attack, clean, labels).perturb(labels, NOISE, 1000);
            for (int e : new int[] {0, 63, 64, 129}) {
                float[][] alone = new Batch(engine, attack, new float[][] {clean[e]}, labels)
                        .perturb(new int[1], NOISE, 1000 + e);
                assertThat(alone[0]).containsExactly(together[e]);
            }
            assertThat(new Batch(engine, attack, clean, labels).perturb(labels, NOISE, 1001))
                    .isNotEqualTo(together);
            assertThat(new Batch(engine, attack, clean, labels).perturb(labels, NOISE.child(1), 1000))
                    .isNotEqualTo(together);
        }
    }

    @Test
    void theSameAttackerGivesTheSameResultAgainAfterOtherBatches() {
        Engine engine = engine(SMALL, 5);
        int[] labels = new int[70];
        Attack attack = new Pgd(0.3f, 0.1f, 4, true, 3, KeptIterate.BEST, LabelChoice.PREDICTED);
        Batch batch = new Batch(engine, attack, images(70, 6, 6), labels);
        float[][] first = batch.perturb(labels, NOISE, 0);
        batch.perturb(labels, NOISE, 70);
        assertThat(batch.perturb(labels, NOISE, 0)).isDeepEqualTo(first);
    }

    @Test
    void keepingTheBestPointOrRestartingNeverLowersTheLoss() {
        Engine engine = engine(SMALL, 9);
        float[][] clean = images(50, 6, 10);
        int[] labels = new int[50];
        // Steps as long as the ball is wide overshoot, so that the last point is often not the best.
        double[] last =
                losses(engine, clean, labels, new Pgd(0.3f, 0.6f, 5, true, 1, KeptIterate.LAST, LabelChoice.TRUE));
        double[] best =
                losses(engine, clean, labels, new Pgd(0.3f, 0.6f, 5, true, 1, KeptIterate.BEST, LabelChoice.TRUE));
        double[] restarted =
                losses(engine, clean, labels, new Pgd(0.3f, 0.6f, 5, true, 4, KeptIterate.LAST, LabelChoice.TRUE));
        int betterByBest = 0;
        int betterByRestart = 0;
        for (int e = 0; e < 50; e++) {
            assertThat(best[e]).isGreaterThanOrEqualTo(last[e]);
            assertThat(restarted[e]).isGreaterThanOrEqualTo(last[e]);
            betterByBest += best[e] > last[e] ? 1 : 0;
            betterByRestart += restarted[e] > last[e] ? 1 : 0;
        }
        assertThat(betterByRestart).isPositive();
        assertThat(betterByBest).isPositive();
    }

    @ParameterizedTest
    @EnumSource(LabelChoice.class)
    void inputsThatNoWeightReadsGetTheirValueOnCompletion(LabelChoice label) {
        Architecture wide = new Architecture(List.of(7, 5, 3), false);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(wide, Stream.root(3));
        BitSet first = new BitSet();
        for (int o = 0; o < 5; o++) {
            for (int i : new int[] {1, 2, 5}) {
                first.set(o * 7 + i);
            }
        }
        BitSet second = new BitSet();
        second.set(0, 15);
        Mask mask = Mask.of(wide, new BitSet[] {first, second});
        weights.apply(mask);
        Engine pruned = Engines.create(wide);
        pruned.load(weights, mask);
        Engine zeroed = Engines.create(wide); // the same function, with every input read by a weight of value zero
        zeroed.load(weights, Mask.dense(wide));
        float[][] clean = images(66, 7, 4);
        int[] labels = new int[66];
        for (Attack attack : List.of(new Fgsm(0.2f, label), Pgd.paper(label), new CornerPgd(0.2, 0.05, 3))) {
            assertThat(new Batch(pruned, attack, clean, labels).perturb(labels, NOISE, 5))
                    .isDeepEqualTo(new Batch(zeroed, attack, clean, labels).perturb(labels, NOISE, 5));
        }
    }

    @Test
    void withoutStepsPgdIsItsRandomStart() {
        Engine engine = engine(SMALL, 1);
        float[][] clean = images(3, 6, 2);
        int[] labels = new int[3];
        Attack attack = new Pgd(0.2f, 0.1f, 0, true, 1, KeptIterate.LAST, LabelChoice.TRUE);
        float[][] made = new Batch(engine, attack, clean, labels).perturb(labels, NOISE, 40);
        ActivationPanels cleanPanels = panels(clean);
        ActivationPanels noisy = new ActivationPanels(6, 3);
        PanelOps.CHOSEN.uniformNoise(NOISE, 40, cleanPanels, 0, noisy, 0, 1, new int[] {0, 1, 2, 3, 4, 5}, 0.2f);
        for (int e = 0; e < 3; e++) {
            for (int f = 0; f < 6; f++) {
                assertThat(made[e][f]).isEqualTo(noisy.get(f, e)).isNotEqualTo(clean[e][f]);
            }
        }
    }

    @Test
    void withoutStepsCornerPgdIsACornerOfTheBall() {
        Architecture wide = new Architecture(List.of(40, 3), false);
        Engine engine = engine(wide, 1);
        float[][] clean = images(130, 40, 2);
        for (float[] image : clean) {
            for (int f = 0; f < 40; f++) {
                image[f] = 0.25f + image[f] / 2; // nothing is cut by the box
            }
        }
        int[] labels = new int[130];
        Batch batch = new Batch(engine, new CornerPgd(0.2, 0.05, 0), clean, labels);
        float[][] made = batch.perturb(labels, NOISE, 40);
        int few = 0;
        int many = 0;
        for (int e = 0; e < 130; e++) {
            int raised = 0;
            for (int f = 0; f < 40; f++) {
                boolean up = made[e][f] > clean[e][f];
                assertThat(made[e][f]).isEqualTo(up ? clean[e][f] + 0.2f : clean[e][f] - 0.2f);
                raised += up ? 1 : 0;
            }
            few += raised < 10 ? 1 : 0;
            many += raised > 30 ? 1 : 0;
        }
        // A share uniform in [0, 1]: a quarter of the examples each.
        assertThat(few).isBetween(20, 45);
        assertThat(many).isBetween(20, 45);
        batch.attacker.scale(0.5);
        float[][] half = batch.perturb(labels, NOISE, 40);
        for (int e = 0; e < 130; e++) {
            for (int f = 0; f < 40; f++) {
                boolean up = made[e][f] > clean[e][f];
                assertThat(half[e][f]).isEqualTo(up ? clean[e][f] + 0.1f : clean[e][f] - 0.1f);
            }
        }
    }

    /**
     * Each of 20 units wakes where its input is above 0.28, and a few of them together decide the class. From the clean input 0
     * or inside the ball of radius 0.3 there is next to no gradient.
     */
    @Test
    void aCornerWakesUnitsThatSleepInsideTheBall() {
        Engine engine = SleepingUnits.engine();
        float[][] clean = new float[60][20];
        int[] labels = new int[60];
        assertThat(broken(engine, Pgd.paper(LabelChoice.TRUE), clean, labels)).isLessThan(3);
        assertThat(broken(engine, new CornerPgd(0.3, 0.05, 10), clean, labels)).isBetween(30, 59);
    }

    private static int broken(Engine engine, Attack attack, float[][] clean, int[] labels) {
        float[][] made = new Batch(engine, attack, clean, labels).perturb(labels, NOISE, 0);
        return (int)
                Arrays.stream(predictions(engine, made)).filter(c -> c != 0).count();
    }

    @Test
    void refusesAPassThatCannotHoldBothHalves() {
        Engine engine = engine(SMALL, 1);
        Attacker attacker = Pgd.paper(LabelChoice.TRUE).bind(engine, engine.newBuffers(64));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> attacker.perturb(new int[1], 0, 1, NOISE, 0))
                .withMessageContaining("needs buffers of 2 panels, these have 1");
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Fgsm(-0.1f, LabelChoice.TRUE))
                .withMessageContaining("epsilon");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pgd(0.3f, Float.NaN, 10, true, 1, KeptIterate.LAST, LabelChoice.TRUE))
                .withMessageContaining("step");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pgd(0.3f, 0.1f, -1, true, 1, KeptIterate.LAST, LabelChoice.TRUE))
                .withMessageContaining("steps");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pgd(0.3f, 0.1f, 1, false, 2, KeptIterate.LAST, LabelChoice.TRUE))
                .withMessageContaining("random start");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CornerPgd(0.3, 0.1, -1))
                .withMessageContaining("steps");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ThreatModel(Norm.LINF, Float.POSITIVE_INFINITY))
                .withMessageContaining("epsilon");
    }

    /** One batch with its attacker; results come back as [example][feature]. */
    private static final class Batch {
        final Engine engine;
        final Attacker attacker;
        final ActivationBuffers buffers;
        final int panels;
        final int examples;
        final int features;

        Batch(Engine engine, Attack attack, float[][] clean, int[] labels) {
            this.engine = engine;
            examples = clean.length;
            features = clean[0].length;
            panels = ActivationPanels.panelsFor(examples);
            buffers = engine.newBuffers(2 * panels * ActivationPanels.LANES);
            for (int e = 0; e < examples; e++) {
                for (int f = 0; f < features; f++) {
                    buffers.input().set(f, e, clean[e][f]);
                }
            }
            attacker = attack.bind(engine, buffers);
        }

        float[][] perturb(int[] labels, Stream noise, int firstExample) {
            if (attacker.readsCleanPass()) {
                engine.forward(buffers, 0, panels);
            }
            attacker.perturb(labels, 0, examples, noise, firstExample);
            attacker.fillUnreadInputs(examples, noise, firstExample);
            float[][] made = new float[examples][features];
            for (int e = 0; e < examples; e++) {
                for (int f = 0; f < features; f++) {
                    made[e][f] = buffers.input().get(f, panels * ActivationPanels.LANES + e);
                }
            }
            return made;
        }
    }

    private static double[] losses(Engine engine, float[][] clean, int[] labels, Attack attack) {
        Batch batch = new Batch(engine, attack, clean, labels);
        batch.perturb(labels, NOISE, 0);
        engine.forward(batch.buffers, batch.panels, batch.panels);
        double[] losses = new double[labels.length];
        PanelOps.CHOSEN.crossEntropy(batch.buffers.logits(), batch.panels, labels, 0, labels.length, 0f, losses, 0);
        return losses;
    }

    private static int[] predictions(Engine engine, float[][] clean) {
        ActivationBuffers buffers = engine.newBuffers(clean.length);
        buffers.input().copy(panels(clean), 0, 0, buffers.panels());
        engine.forward(buffers, 0, buffers.panels());
        int[] predicted = new int[clean.length];
        PanelOps.CHOSEN.predictions(buffers.logits(), 0, clean.length, predicted, 0);
        return predicted;
    }

    private static Engine engine(Architecture architecture, long seed) {
        Engine engine = Engines.create(architecture);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(seed)), Mask.dense(architecture));
        return engine;
    }

    private static float[][] images(int examples, int features, long seed) {
        Stream draws = Stream.root(seed).child("images");
        float[][] images = new float[examples][features];
        for (int e = 0; e < examples; e++) {
            for (int f = 0; f < features; f++) {
                images[e][f] = draws.below(256, e * features + f) / 255f;
            }
        }
        return images;
    }

    private static ActivationPanels panels(float[][] images) {
        ActivationPanels panels = new ActivationPanels(images[0].length, images.length);
        for (int e = 0; e < images.length; e++) {
            for (int f = 0; f < images[e].length; f++) {
                panels.set(f, e, images[e][f]);
            }
        }
        return panels;
    }
}
