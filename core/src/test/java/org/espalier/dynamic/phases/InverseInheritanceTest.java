package org.espalier.dynamic.phases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.Arrays;
import org.espalier.dynamic.Distribution;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Trainer;
import org.junit.jupiter.api.Test;

class InverseInheritanceTest {
    private static InverseInheritance rule(TicketChoice ticket, double scale) {
        return new InverseInheritance(0.3, Distribution.UNIFORM, ticket, 0.25, 0.25, scale);
    }

    private static float[] logits(Weights weights, Mask mask) {
        Engine engine = Engines.create(NETWORK);
        engine.load(weights, mask);
        ActivationBuffers buffers = engine.newBuffers(50);
        int[] order = new int[50];
        Arrays.setAll(order, i -> i);
        engine.ops().loadImages(MaskTrainings.split().images(), order, 0, 50, buffers.input(), 0);
        engine.forward(buffers, 0, 1);
        float[] logits = new float[50 * NETWORK.classes()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = buffers.logits().get(i % NETWORK.classes(), i / NETWORK.classes());
        }
        return logits;
    }

    /** What the dense network begins with, seen through one update of the rate 0. */
    @Test
    void withoutDrawsTheDenseNetworkComputesWhatTheTicketDid() {
        InverseInheritance rule = rule(TicketChoice.LARGEST, 0);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, 20);
        trainer.runUntil(10);
        Weights ticket = engine.weights();
        Mask mask = trainer.mask();
        assertThat(mask.count(0)).isEqualTo(96);
        InverseInheritance.Process process = new InverseInheritance.Process(rule, new Given(engine));
        process.step(10);
        assertThat(engine.mask()).isEqualTo(Mask.dense(NETWORK));
        assertThat(engine.weights()).isEqualTo(ticket);
        assertThat(logits(engine.weights(), engine.mask())).isEqualTo(logits(ticket, mask));
    }

    /** A training of 20 updates that changes no weight. */
    private record Given(Engine engine) implements org.espalier.train.mask.MaskTraining {
        @Override
        public int iterations() {
            return 20;
        }

        @Override
        public int updatesPerEpoch() {
            return 4;
        }

        @Override
        public org.espalier.data.Split images() {
            return MaskTrainings.split();
        }

        @Override
        public org.espalier.data.Split validation() {
            return MaskTrainings.split();
        }

        @Override
        public Stream stream() {
            return Stream.root(1);
        }

        @Override
        public void gradient() {}

        @Override
        public void allGradients() {}

        @Override
        public void naturalGradient() {}

        @Override
        public void update(org.espalier.train.mask.Phase phase) {}

        @Override
        public org.espalier.train.mask.Phase whole() {
            return new org.espalier.train.mask.Phase(0, 20, 1);
        }
    }

    @Test
    void theTicketBeginsAgainFromTheFirstWeightsAndTheBaselineHasARandomMask() {
        InverseInheritance rule = rule(TicketChoice.LARGEST, 0.01);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Weights first = engine.weights();
        Trainer trainer = MaskTrainings.trainer(engine, rule, 20);
        trainer.runUntil(5);
        assertThat(trainer.mask()).isEqualTo(Mask.dense(NETWORK));
        InverseInheritance.Process process = new InverseInheritance.Process(rule, new Given(engine));
        // The first weights are those that the process found when it was made.
        Weights trained = engine.weights();
        process.step(5);
        Mask mask = engine.mask();
        Weights kept = trained.copy();
        kept.apply(mask);
        assertThat(engine.weights()).isEqualTo(kept).isNotEqualTo(first);
        assertThat(mask.count()).isEqualTo(96 + 58 + 14);

        InverseInheritance random = rule(TicketChoice.RANDOM, 0.01);
        Trainer baseline = MaskTrainings.trainer(MaskTrainings.engine(random, KernelMode.AUTO), random, 20);
        assertThat(baseline.mask().count()).isEqualTo(mask.count());
        baseline.runUntil(10);
        assertThat(baseline.mask().count()).isEqualTo(mask.count());
        baseline.step();
        assertThat(baseline.mask()).isEqualTo(Mask.dense(NETWORK));
    }

    @Test
    void refusesPhasesWithoutAnUpdate() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rule(TicketChoice.LARGEST, 0).check(1))
                .withMessageContaining("expected at least 1 update in each and after them");
    }
}
