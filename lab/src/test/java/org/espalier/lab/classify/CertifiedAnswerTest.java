package org.espalier.lab.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.evaluate.certify.BoundMethod;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class CertifiedAnswerTest {
    private static Classifier brighter() {
        Weights weights = new Weights(new Architecture(List.of(2, 2), false));
        weights.matrix(0)[0] = 1;
        weights.matrix(0)[3] = 1;
        return Classifier.of(new StoredNetwork(weights, Mask.dense(weights.architecture())));
    }

    /** The class of the brighter pixel changes where each moves by half of the difference. */
    @Test
    void theRadiusOfALinearNetworkIsItsDistanceFromTheBoundary() {
        for (BoundMethod method : BoundMethod.values()) {
            List<CertifiedAnswer> answers =
                    brighter().certify(new float[] {0.25f, 0.75f, 0.75f, 0.25f, 0.5f, 0.5f, 0, 1}, 4, method);
            assertThat(answers).extracting(CertifiedAnswer::label).containsExactly(1, 0, 0, 1);
            for (int i = 0; i < 2; i++) {
                assertThat(answers.get(i).radius()).isLessThan(0.25f).isCloseTo(0.25f, within(0.0025f));
            }
            assertThat(answers.get(2).radius()).isZero(); // tied
            assertThat(answers.get(3).radius()).isLessThan(0.5f).isCloseTo(0.5f, within(0.005f));
        }
    }

    @Test
    void noChangeWithinTheRadiusChangesTheClass() {
        Architecture architecture = new Architecture(NamedNetworks.graph("cnn-small", Shape.of(1, 8, 8), 4));
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(7));
        Classifier classifier = Classifier.of(new StoredNetwork(weights, Mask.dense(architecture)));
        java.util.Random random = new java.util.Random(3);
        float[] input = new float[64];
        for (int i = 0; i < input.length; i++) {
            input[i] = random.nextFloat();
        }
        CertifiedAnswer answer = classifier.certify(input, 1, BoundMethod.CROWN).getFirst();
        assertThat(answer.label()).isEqualTo(classifier.predict(input));
        assertThat(answer.radius()).isPositive();
        assertThat(classifier.certify(input, 1, BoundMethod.IBP).getFirst().radius())
                .isLessThanOrEqualTo(answer.radius() * 1.01f);
        for (int tries = 0; tries < 200; tries++) {
            float[] moved = input.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] = Math.clamp(moved[i] + (random.nextBoolean() ? 1 : -1) * answer.radius(), 0f, 1f);
            }
            assertThat(classifier.predict(moved)).isEqualTo(answer.label());
        }
        assertThatThrownBy(() -> classifier.certify(new float[64 - 1], 1, BoundMethod.IBP))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
