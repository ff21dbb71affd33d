package org.espalier.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class EarlyExitPgdTest {
    private static final Architecture NETWORK = new Architecture(List.of(9, 8, 3), true);
    private static final Stream NOISE = Stream.root(12).child("noise");
    private static final float SMOOTHING = 0.1f;

    /** What became of each example. */
    private record Outcome(boolean[] broken, double[] losses) {}

    @Property(tries = 80)
    void givesTheBitsOfTheSameAttackOnAllPointsOfAllExamples(
            @ForAll @IntRange(min = 1, max = 300) int size,
            @ForAll @IntRange(min = 0, max = 6) int steps,
            @ForAll @IntRange(min = 1, max = 3) int restarts,
            @ForAll boolean randomStart,
            @ForAll KeptIterate keep,
            @ForAll boolean pruned,
            @ForAll KernelMode kernels,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        Engine engine = engine(pruned, kernels, seed);
        Split split = split(engine, size, seed);
        Pgd attack = new Pgd(0.25f, 0.06f, steps, randomStart, randomStart ? restarts : 1, keep, LabelChoice.TRUE);
        Outcome expected = everywhere(
                count -> new Pgd(0.25f, 0.06f, count, randomStart, 1, KeptIterate.LAST, LabelChoice.TRUE),
                steps,
                attack.restarts(),
                engine,
                split);
        Outcome made = broken(new EarlyExitPgd(attack, engine), split);
        assertThat(made.broken()).isEqualTo(expected.broken());
        assertThat(made.losses()).containsExactly(expected.losses());
    }

    @Property(tries = 40)
    void fromCornersTooItGivesTheBitsOfTheSameAttackOnAllPoints(
            @ForAll @IntRange(min = 1, max = 300) int size,
            @ForAll @IntRange(min = 0, max = 6) int steps,
            @ForAll boolean pruned,
            @ForAll KernelMode kernels,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        Engine engine = engine(pruned, kernels, seed);
        Split split = split(engine, size, seed);
        Outcome expected = everywhere(count -> new CornerPgd(0.25f, 0.06f, count), steps, 1, engine, split);
        Outcome made = broken(new EarlyExitPgd(new CornerPgd(0.25f, 0.06f, steps), engine), split);
        assertThat(made.broken()).isEqualTo(expected.broken());
        assertThat(made.losses()).containsExactly(expected.losses());
    }

    @Test
    void theSameBreakerGivesTheSameAgainAndOnOtherWeights() {
        Engine engine = engine(false, KernelMode.AUTO, 3);
        Split split = split(engine, 150, 3);
        EarlyExitPgd breaker = new EarlyExitPgd(Pgd.paper(LabelChoice.TRUE), engine);
        Outcome first = broken(breaker, split);
        Weights others = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(8));
        Weights weights = engine.weights();
        engine.load(others, Mask.dense(NETWORK));
        assertThat(broken(breaker, split).losses()).isNotEqualTo(first.losses());
        engine.load(weights, Mask.dense(NETWORK));
        Outcome again = broken(breaker, split);
        assertThat(again.losses()).containsExactly(first.losses());
        assertThat(again.broken()).isEqualTo(first.broken());
        assertThat(first.broken()).contains(true).contains(false);
    }

    @Test
    void examplesThatAreNotAskedForAreLeftAlone() {
        Engine engine = engine(false, KernelMode.AUTO, 4);
        Split split = split(engine, 200, 4);
        EarlyExitPgd breaker = new EarlyExitPgd(Pgd.paper(LabelChoice.TRUE), engine);
        Outcome all = broken(breaker, split);
        int[] some = IntStream.range(0, 200).filter(e -> e % 3 == 1).toArray();
        boolean[] broken = new boolean[200];
        double[] losses = new double[200];
        Arrays.fill(losses, -1);
        breaker.run(split, some.clone(), some.length, SMOOTHING, NOISE, broken, losses);
        for (int e = 0; e < 200; e++) {
            assertThat(losses[e]).isEqualTo(e % 3 == 1 ? all.losses()[e] : -1);
            assertThat(broken[e]).isEqualTo(e % 3 == 1 && all.broken()[e]);
        }
        breaker.run(split, new int[0], 0, SMOOTHING, NOISE, broken, losses);
    }

    private static Outcome broken(EarlyExitPgd breaker, Split split) {
        boolean[] broken = new boolean[split.size()];
        double[] losses = new double[split.size()];
        int[] all = IntStream.range(0, split.size()).toArray();
        breaker.run(split, all, all.length, SMOOTHING, NOISE, broken, losses);
        return new Outcome(broken, losses);
    }

    /** The same without leaving anything out: the attack is made anew up to each step of each restart, for all examples. */
    private static Outcome everywhere(
            IntFunction<Attack> ofSteps, int mostSteps, int restarts, Engine engine, Split split) {
        int size = split.size();
        int panels = ActivationPanels.panelsFor(size);
        boolean[] broken = new boolean[size];
        double[] losses = new double[size];
        ActivationBuffers buffers = engine.newBuffers(2 * panels * ActivationPanels.LANES);
        int[] order = IntStream.range(0, size).toArray();
        int[] predicted = new int[size];
        double[] here = new double[size];
        for (int restart = 0; restart < restarts; restart++) {
            Stream noise = restart == 0 ? NOISE : NOISE.child(restart);
            for (int steps = 0; steps <= mostSteps; steps++) {
                PanelOps.CHOSEN.loadImages(split.images(), order, 0, size, buffers.input(), 0);
                ofSteps.apply(steps).bind(engine, buffers).perturb(split.labels(), 0, size, noise, 0);
                engine.forward(buffers, panels, panels);
                PanelOps.CHOSEN.predictions(buffers.logits(), panels, size, predicted, 0);
                PanelOps.CHOSEN.crossEntropy(buffers.logits(), panels, split.labels(), 0, size, SMOOTHING, here, 0);
                for (int e = 0; e < size; e++) {
                    if (!broken[e]) {
                        losses[e] = here[e];
                        broken[e] = predicted[e] != split.labels()[e];
                    }
                }
            }
        }
        return new Outcome(broken, losses);
    }

    private static Engine engine(boolean pruned, KernelMode kernels, long seed) {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(seed));
        for (int output = 0; output < 3; output++) {
            weights.biases(1)[output] = 0.2f * output;
        }
        Mask mask = Mask.dense(NETWORK);
        if (pruned) {
            mask = new Pruner(Criterion.MAGNITUDE, Scope.LAYER, CountingRule.EXACT)
                    .prune(mask, weights, List.of(0.7, 0.3), Stream.root(seed));
            weights.apply(mask);
        }
        Engine engine = Engines.create(NETWORK, kernels);
        engine.load(weights, mask);
        return engine;
    }

    /** Images labelled as the network sees them, but for one in ten. */
    private static Split split(Engine engine, int size, long seed) {
        Stream draws = Stream.root(seed).child("images");
        byte[] images = new byte[size * NETWORK.inputs()];
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) draws.below(256, i);
        }
        int[] labels = new int[size];
        ActivationBuffers buffers = engine.newBuffers(size);
        PanelOps.CHOSEN.loadImages(images, IntStream.range(0, size).toArray(), 0, size, buffers.input(), 0);
        engine.forward(buffers, 0, buffers.panels());
        PanelOps.CHOSEN.predictions(buffers.logits(), 0, size, labels, 0);
        for (int e = 0; e < size; e += 10) {
            labels[e] = (labels[e] + 1) % 3;
        }
        return new Split("test", NETWORK.inputs(), images, labels);
    }
}
