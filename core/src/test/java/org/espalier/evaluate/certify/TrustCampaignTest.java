package org.espalier.evaluate.certify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form; {@code benchmarks/trust} runs the long one. */
class TrustCampaignTest {
    @Test
    void boundsAttacksAndRulesAgreeOnRandomNetworks() {
        List<String> faults = new ArrayList<>();
        int nearest = 0;
        int far = 0;
        for (long seed = 1; seed <= 150; seed++) {
            TrustCampaign.Result result = TrustCampaign.run(seed);
            faults.addAll(result.faults());
            nearest += result.nearest();
            far += result.farFromNearest();
        }
        assertThat(faults).isEmpty();
        assertThat(nearest).isPositive();
        assertThat(far).as("nearest points that attacks missed, of %s", nearest).isLessThan(nearest / 10);
    }
}
