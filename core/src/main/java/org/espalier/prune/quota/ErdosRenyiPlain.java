package org.espalier.prune.quota;

import java.util.ArrayList;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.prune.Quota;
import org.espalier.prune.QuotaKind;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * ER: densities in proportion to {@code (inputs + outputs) / (inputs * outputs)}, with a convolution's channels as inputs and outputs, so
 * that the sides of its kernel do not count. Mocanu et al., "Scalable training of artificial neural networks with adaptive sparse
 * connectivity" (2018). A layer whose density would exceed 1 stays dense, and the others share the rest. Without convolutions it
 * is {@link org.espalier.prune.ErdosRenyi ERK}.
 */
@Kind("er")
public record ErdosRenyiPlain(
        @Setting(
                value = "weights left after the last level, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density)
        implements Quota {
    /**
     * The density of each layer after the last level, before rounding to whole weights.
     *
     * @return (layer) densities in (0, 1]
     */
    public List<Double> densities(Architecture architecture) {
        double[] share = new double[architecture.layers()];
        for (int layer = 0; layer < share.length; layer++) {
            double inputs = architecture.inputs(layer) / architecture.kernelArea(layer);
            double outputs = architecture.outputs(layer);
            share[layer] = (inputs + outputs) / (inputs * outputs);
        }
        boolean[] dense = new boolean[share.length];
        while (true) {
            double kept = density * architecture.weights();
            double sum = 0;
            for (int layer = 0; layer < share.length; layer++) {
                kept -= dense[layer] ? architecture.weights(layer) : 0;
                sum += dense[layer] ? 0 : share[layer] * architecture.weights(layer);
            }
            double factor = kept / sum;
            boolean more = false;
            for (int layer = 0; layer < share.length; layer++) {
                if (!dense[layer] && factor * share[layer] > 1) {
                    dense[layer] = true;
                    more = true;
                }
            }
            if (!more) {
                List<Double> densities = new ArrayList<>();
                for (int layer = 0; layer < share.length; layer++) {
                    densities.add(dense[layer] ? 1 : Math.min(1, factor * share[layer]));
                }
                return List.copyOf(densities);
            }
        }
    }

    @Override
    public List<Double> fractions(Architecture architecture, int levels) {
        return Quota.ofDensities(densities(architecture), levels);
    }

    /** Registers the kind. */
    public static final class Definition implements QuotaKind<ErdosRenyiPlain> {
        @Override
        public Class<ErdosRenyiPlain> settings() {
            return ErdosRenyiPlain.class;
        }

        @Override
        public Quota create(ErdosRenyiPlain settings) {
            return settings;
        }
    }
}
