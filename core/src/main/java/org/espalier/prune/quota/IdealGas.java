package org.espalier.prune.quota;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.network.Architecture;
import org.espalier.prune.Quota;
import org.espalier.prune.QuotaKind;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Ideal gas quotas: a layer of n weights keeps {@code 1 / (F n + 1)} of them, with the F that gives the network its density, so small
 * layers keep more. Chen et al., "Sparsity winning twice: better robust generalization from more efficient training" (2022), as
 * in their code.
 */
@Kind("igq")
public record IdealGas(
        @Setting(
                value = "weights left after the last level, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density)
        implements Quota {
    /** Halvings of the interval of F: below the last bit of a double. */
    private static final int HALVINGS = 200;

    /**
     * The density of each layer after the last level, before rounding to whole weights.
     *
     * @return (layer) densities in (0, 1]
     */
    public List<Double> densities(Architecture architecture) {
        double wanted = density * architecture.weights();
        double low = 0;
        double high = 1;
        while (kept(architecture, high) > wanted) {
            high *= 2;
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (kept(architecture, middle) > wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double factor = density == 1 ? 0 : high;
        return IntStream.range(0, architecture.layers())
                .mapToObj(layer -> 1 / (factor * architecture.weights(layer) + 1))
                .toList();
    }

    private static double kept(Architecture architecture, double factor) {
        double kept = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            kept += architecture.weights(layer) / (factor * architecture.weights(layer) + 1);
        }
        return kept;
    }

    @Override
    public List<Double> fractions(Architecture architecture, int levels) {
        return Quota.ofDensities(densities(architecture), levels);
    }

    /** Registers the kind. */
    public static final class Definition implements QuotaKind<IdealGas> {
        @Override
        public Class<IdealGas> settings() {
            return IdealGas.class;
        }

        @Override
        public Quota create(IdealGas settings) {
            return settings;
        }
    }
}
