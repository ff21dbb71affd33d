package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;

class SparsityTest {
    @Test
    void smallWeightsAndPrunedOnesAreCountedAndNormsDivided() {
        Architecture architecture = new Architecture(List.of(3, 2), false);
        Weights weights = new Weights(architecture);
        System.arraycopy(new float[] {3, -4, 0.0005f, 7, 0, 0}, 0, weights.matrix(0), 0, 6);
        Mask dense = Mask.dense(architecture);
        assertThat(Sparsity.of(weights, dense, 0).small()).isEqualTo(0.5);
        BitSet kept = new BitSet();
        kept.set(0, 3);
        Sparsity found = Sparsity.of(weights, Mask.of(architecture, new BitSet[] {kept}), 0);
        assertThat(found.small()).isCloseTo(4.0 / 6, within(1e-15));
        assertThat(found.ratio()).isCloseTo(7.0005 / 5, within(1e-7));
        assertThat(Sparsity.of(new Weights(architecture), dense, 0).ratio()).isNaN();
    }
}
