package org.espalier.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.BitSet;
import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Mask;
import org.espalier.train.Trainer;
import org.junit.jupiter.api.Test;

class NodeSearchTest {
    private static Mask found(int masks) {
        RandomNodes rule = new RandomNodes(0.5, masks, MaskTrainings.IMAGES);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, 4);
        trainer.step();
        return trainer.mask();
    }

    @Test
    void aNodeGoesWithItsIncomingAndOutgoingWeights() {
        Mask mask = found(1);
        BitSet first = new BitSet(); // nodes that some weight enters
        for (int i = 0; i < NETWORK.weights(0); i++) {
            if (mask.keeps(0, i)) {
                first.set(i / 20);
            }
        }
        assertThat(first.cardinality()).isEqualTo(8);
        assertThat(mask.count(0)).isEqualTo(8 * 20);
        assertThat(mask.count(1)).isEqualTo(6 * 8);
        assertThat(mask.count(2)).isEqualTo(4 * 6);
        for (int i = 0; i < NETWORK.weights(1); i++) {
            assertThat(mask.keeps(1, i) && !first.get(i % 16)).isFalse();
        }
    }

    @Test
    void moreMasksGiveAnotherChoiceNowAndThen() {
        assertThat(found(1)).isEqualTo(found(1));
        assertThat(found(30)).isNotEqualTo(found(1)); // with 1 of 30 it is the same
    }
}
