package org.espalier.dynamic.phases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.Trainer;
import org.junit.jupiter.api.Test;

class PruningInTrainingTest {
    @Test
    void densitiesFollowTheSourceFromPruningToPruning() {
        PruningInTraining rule = new PruningInTraining(0.05, 5, 0.05, 0.05, 512, 5);
        double[] sparsities = {.5, .725, .8375, .89375, .921875, .9359375, .95};
        for (int pruning = 0; pruning < 7; pruning++) {
            assertThat(1 - rule.kept(pruning)).isCloseTo(sparsities[pruning], within(1e-12));
        }
        // Epochs 4, 8, ... of 80.
        assertThat(rule.at(0, 80)).isEqualTo(4);
        assertThat(rule.at(6, 80)).isEqualTo(28);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PruningInTraining(0.05, 5, 0.5, 0.1, 512, 5).check(100))
                .withMessageContaining("has its last of 7 prunings at update 110");
    }

    @Test
    void eachPruningKeepsItsCountAndGivesFreshMoments() {
        PruningInTraining rule = new PruningInTraining(0.2, 2, 0.1, 0.2, 30, 1);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, 20);
        trainer.runUntil(2);
        assertThat(trainer.mask().count()).isEqualTo(NETWORK.weights());
        double[] kept = {0.5, 0.35, 0.275, 0.2};
        for (int pruning = 0; pruning < 4; pruning++) {
            trainer.runUntil(2 + 4 * pruning);
            Mask before = trainer.mask();
            trainer.step();
            assertThat(trainer.mask().count()).isEqualTo((int) Math.round(kept[pruning] * NETWORK.weights()));
            assertThat(before.count()).isGreaterThan(trainer.mask().count());
            // One update after fresh moments: the velocity is the gradient's alone, -rate (g + 1e-3 w).
            Weights velocity = engine.moment(0);
            Weights gradient = engine.gradient();
            for (int i = 0; i < NETWORK.weights(1); i++) {
                if (trainer.mask().keeps(1, i)) {
                    assertThat(velocity.matrix(1)[i]).isCloseTo(-0.05f * gradient.matrix(1)[i], within(1e-3f));
                }
            }
        }
        Mask last = trainer.mask();
        trainer.runUntil(20);
        assertThat(trainer.mask()).isEqualTo(last);
    }
}
