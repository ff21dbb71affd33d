package org.espalier.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.Mode;
import org.espalier.engine.reference.ReferenceGraphEngine;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Attacks with the statistics of their batch: the logits of training, without its move of the running statistics. */
class BatchStatisticsTest {
    private static final int EXAMPLES = 9;
    private static final Architecture NETWORK = new Architecture(new GraphBuilder(Shape.of(1, 4, 4))
            .conv("conv", 3, 3, 1, 1, false)
            .norm("norm")
            .relu("relu")
            .linear("fc", 4)
            .build());

    @Test
    void logitsAreThoseOfTrainingAndRunningStatisticsStay() {
        for (Engine engine : List.of(Engines.create(NETWORK), new ReferenceGraphEngine(NETWORK))) {
            engine.load(InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(1)), Mask.dense(NETWORK));
            Weights before = engine.weights();
            float[] attacking = logits(engine, Mode.BATCH_STATISTICS);
            assertThat(engine.weights()).isEqualTo(before);
            float[] evaluating = logits(engine, Mode.EVALUATION);
            float[] training = logits(engine, Mode.TRAINING);
            assertThat(engine.weights().values("norm.running_mean")).isNotEqualTo(before.values("norm.running_mean"));
            assertThat(attacking).containsExactly(training);
            assertThat(evaluating).isNotEqualTo(training);
        }
    }

    private static float[] logits(Engine engine, Mode mode) {
        ActivationBuffers buffers = engine.newBuffers(64);
        buffers.batch(0, 1, EXAMPLES);
        for (int e = 0; e < EXAMPLES; e++) {
            for (int f = 0; f < 16; f++) {
                buffers.input().set(f, e, Stream.root(2).uniform(16L * e + f));
            }
        }
        engine.forward(buffers, 0, 1, mode);
        float[] logits = new float[EXAMPLES * 4];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = buffers.logits().get(i % 4, i / 4);
        }
        return logits;
    }
}
