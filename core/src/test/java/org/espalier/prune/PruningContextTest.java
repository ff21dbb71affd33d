package org.espalier.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.data.Split;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class PruningContextTest {
    private static final Architecture NETWORK = new Architecture(List.of(3, 2), false);
    private static final Stream STREAM = Stream.root(5);

    private record Asking(Set<Need> needs) implements Criterion {
        @Override
        public String name() {
            return "asking";
        }

        @Override
        public float[] scores(PruningContext context, int layer) {
            return context.gradient(1000).matrix(layer);
        }
    }

    private static PruningContext context(Criterion criterion, Weights weights, Split data) {
        return new PruningContext(
                criterion,
                weights,
                Mask.dense(NETWORK),
                STREAM,
                Optional.of(new PruningResources(() -> new ReferenceEngine(NETWORK), data)));
    }

    /** More images than one batch of the gradient holds, all of one pixel pattern. */
    private static Split data(int size) {
        byte[] images = new byte[3 * size];
        for (int i = 0; i < size; i++) {
            images[3 * i] = (byte) 255;
            images[3 * i + 1] = 51;
        }
        return new Split("train", 3, images, new int[size]);
    }

    @Test
    void theGradientIsThatOfTheMeanCrossEntropy() {
        Weights zero = new Weights(NETWORK);
        Weights gradient =
                context(new Asking(Set.of(Need.GRADIENTS)), zero, data(300)).gradient(1000);
        // Both classes have probability 1/2, so the logits' gradients are -1/2 and 1/2; inputs are 1, 0.2 and 0.
        assertThat(gradient.matrix(0)).containsExactly(new float[] {-0.5f, -0.1f, 0, 0.5f, 0.1f, 0}, within(1e-5f));
    }

    @Test
    void whatACriterionDoesNotDeclareItDoesNotGet() {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, STREAM);
        PruningContext context = context(new Asking(Set.of(Need.DATA)), weights, data(4));
        assertThat(context.data().size()).isEqualTo(4);
        assertThatIllegalStateException()
                .isThrownBy(() -> context.gradient(1))
                .withMessage("criterion asking reads GRADIENTS and declares only [DATA]");
        assertThatIllegalStateException().isThrownBy(context::engine);
    }

    @Test
    void aCriterionWithNeedsIsRefusedWithoutResources() {
        Pruner pruner = new Pruner(new Asking(Set.of(Need.GRADIENTS)), Scope.LAYER, CountingRule.EXACT);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, STREAM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pruner.prune(Mask.dense(NETWORK), weights, List.of(0.5), STREAM))
                .withMessageContaining("criterion asking needs [GRADIENTS]");
    }
}
