package org.espalier.attack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThreatModelHoldsTest {
    @Test
    void aBallHoldsThoseOfLargerNormsAtItsRadius() {
        ThreatModel linf = new ThreatModel(Norm.LINF, 0.1f);
        ThreatModel l2 = new ThreatModel(Norm.L2, 0.1f);
        ThreatModel l1 = new ThreatModel(Norm.L1, 0.1f);
        assertThat(linf.holds(linf)).isTrue();
        assertThat(linf.holds(l2)).isTrue();
        assertThat(linf.holds(l1)).isTrue();
        assertThat(l2.holds(l1)).isTrue();
        assertThat(l2.holds(linf)).isFalse();
        assertThat(l1.holds(l2)).isFalse();
        assertThat(linf.holds(new ThreatModel(Norm.L1, 0.2f))).isFalse();
    }
}
