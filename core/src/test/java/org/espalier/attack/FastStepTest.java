package org.espalier.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.random.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One step from a random start, longer than epsilon, as fast adversarial training takes. */
class FastStepTest {
    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5})
    void theStepIsProjectedIntoTheBallAndTheBox(double share) {
        Architecture shape = new Architecture(List.of(40, 12, 3), false);
        Stream stream = Stream.root(5);
        Engine engine = Engines.create(shape);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(shape, stream), Mask.dense(shape));
        int examples = 50;
        ActivationBuffers buffers = engine.newBuffers(2 * ActivationPanels.LANES);
        int[] labels = new int[examples];
        for (int e = 0; e < examples; e++) {
            labels[e] = e % 3;
            for (int f = 0; f < 40; f++) {
                buffers.input().set(f, e, stream.child("image").uniform(e * 40 + f));
            }
        }
        Attacker attacker = new Pgd(0.3, 0.375, 1, true, 1, KeptIterate.LAST, LabelChoice.TRUE).bind(engine, buffers);
        attacker.scale(share);
        attacker.perturb(labels, 0, examples, stream, 0);
        float epsilon = (float) (0.3 * share);
        int atEdge = 0;
        for (int e = 0; e < examples; e++) {
            for (int f = 0; f < 40; f++) {
                float clean = buffers.input().get(f, e);
                float x = buffers.input().get(f, ActivationPanels.LANES + e);
                assertThat(x).isBetween(0f, 1f).isBetween(clean - epsilon, clean + epsilon);
                // From anywhere in the ball a step of 1.25 epsilon reaches an edge unless it starts near the other.
                atEdge += x == clean - epsilon || x == clean + epsilon || x == 0 || x == 1 ? 1 : 0;
            }
        }
        assertThat(atEdge).isGreaterThan(40 * examples / 2).isLessThan(40 * examples);
    }
}
