package org.espalier.train.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.attack.Attack;
import org.espalier.attack.GaussianStartPgd;
import org.espalier.attack.NoisyStep;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.loss.CrossEntropy;
import org.espalier.loss.KullbackLeibler;
import org.espalier.loss.Loss;
import org.espalier.network.LivePaths;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class NoisyAttackTest {
    private static final int EXAMPLES = 60;

    private final Engine engine = MethodCases.loaded(Engines.create(MethodCases.NETWORK));
    private final ActivationBuffers buffers = engine.newBuffers(128);

    /** The largest distance from the clean image over all live inputs. */
    private double farthest(Attack attack, Loss loss) {
        int[] order = new int[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            order[i] = i;
        }
        engine.ops().loadImages(MethodCases.split(EXAMPLES).images(), order, 0, EXAMPLES, buffers.input(), 0);
        engine.forward(buffers, 0, 1);
        attack.bind(engine, buffers, loss)
                .perturb(MethodCases.split(EXAMPLES).labels(), 0, EXAMPLES, Stream.root(7), 0);
        double farthest = 0;
        for (int e = 0; e < EXAMPLES; e++) {
            for (int f : new LivePaths(engine.mask()).inputs(0)) {
                float x = buffers.input().get(f, 64 + e);
                assertThat(x).isBetween(0f, 1f);
                farthest = Math.max(farthest, Math.abs(x - buffers.input().get(f, e)));
            }
        }
        return farthest;
    }

    @Test
    void nFgsmLeavesTheBallAndNoOtherDoes() {
        double epsilon = 0.1;
        assertThat(farthest(new NoisyStep(2 * epsilon, epsilon), CrossEntropy.HARD))
                .isGreaterThan(2 * epsilon)
                .isLessThanOrEqualTo(3 * epsilon + 1e-6);
        assertThat(farthest(new GaussianStartPgd(epsilon, 0.05, 5, 0.001), new KullbackLeibler(true)))
                .isGreaterThan(0.09)
                .isLessThanOrEqualTo(epsilon + 1e-6);
        assertThat(farthest(Fast.pgd(epsilon, 1.25 * epsilon, 1, true), CrossEntropy.HARD))
                .isGreaterThan(0.09)
                .isLessThanOrEqualTo(epsilon + 1e-6);
    }

    @Test
    void withoutItsNoiseTheAttackOfTradesNeverStarts() {
        assertThat(farthest(new GaussianStartPgd(0.1, 0.05, 5, 0), new KullbackLeibler(true)))
                .isZero();
    }
}
