package org.espalier.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Mask;
import org.espalier.train.Trainer;
import org.junit.jupiter.api.Test;

class FlyingBirdPlusTest {
    private static RobustGap gap() {
        Engine engine = Engines.create(NETWORK);
        return new RobustGap(engine, new Pgd(0.1, 0.05, 2, true, 1, KeptIterate.LAST, LabelChoice.TRUE), 50);
    }

    @Test
    void halfOfTheLastFourDifferencesDecide() {
        RobustGap gap = gap();
        double[] gaps = {0.1, 0.2, 0.1, 0.2, 0.2}; // two rise
        double[] losses = {3, 2, 1, 1, 0.5}; // one does not fall
        for (int i = 0; i < 5; i++) {
            assertThat(gap.gapRises()).isFalse(); // too few so far
            gap.add(gaps[i], losses[i]);
        }
        assertThat(gap.gapRises()).isTrue();
        assertThat(gap.lossRises()).isFalse();
        gap.add(0.2, 0.5); // the first difference, a rise, is forgotten
        assertThat(gap.gapRises()).isFalse();
        assertThat(gap.lossRises()).isTrue();
        RobustGap again = gap();
        again.resume(gap.state());
        assertThat(again.state()).isEqualTo(gap.state()).hasSize(10);
        assertThat(again.lossRises()).isTrue();
    }

    @Test
    void measuresTrainingAgainstValidationImages() {
        Engine engine = Engines.create(NETWORK);
        MaskTrainings.engine(new RandomNodes(1, 1, 1), engine);
        RobustGap gap = new RobustGap(engine, new Pgd(0.1, 0.05, 2, true, 1, KeptIterate.LAST, LabelChoice.TRUE), 50);
        gap.measure(MaskTrainings.split(), MaskTrainings.split(), MaskTrainings.LEVEL);
        assertThat(gap.state().get("loss0")).isBetween(1.2, 3.0); // about log 4
        assertThat(Math.abs(gap.state().get("gap0"))).isLessThan(0.2);
    }

    /** With a share and a factor that always apply, only the events after the beginning change the counts. */
    @Test
    void eventsChangeTheCountsAfterTheBeginningAsTheMeasurementsSay() {
        FlyingBirdPlus rule = new FlyingBirdPlus(
                0.3, Distribution.UNIFORM, Growth.RANDOM, 0.5, 0.5, 4, 4, 0.75, 1, 1, 50, 0.1, 0.05, 2);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, 64);
        int first = trainer.mask().count();
        trainer.runUntil(48);
        assertThat(trainer.mask().count()).isEqualTo(first);
        for (int update = 48; update < 64; update++) {
            Mask before = trainer.mask();
            boolean event = (update + 1) % 4 == 0 && update + 1 < 64;
            int[] gone = new int[3];
            for (int layer = 0; layer < 3; layer++) {
                gone[layer] = (int) (0.5 * before.count(layer));
            }
            trainer.step();
            boolean prunes = false;
            for (int layer = 0; layer < 3; layer++) {
                int change = before.count(layer) - trainer.mask().count(layer);
                assertThat(change).isIn(0, Math.min(gone[layer], before.count(layer) - 1));
                prunes |= change > 0;
            }
            assertThat(!prunes || event).isTrue();
        }
    }
}
