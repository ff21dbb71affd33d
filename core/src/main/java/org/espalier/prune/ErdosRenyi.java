package org.espalier.prune;

import java.util.Arrays;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Densities after the last level in proportion to {@code (inputs + outputs) / (inputs * outputs)}: small layers keep more.
 * Mocanu et al., "Scalable training of artificial neural networks with adaptive sparse connectivity" (2018). A convolution's
 * share is {@code (inputs + outputs + rows + columns) / (inputs * outputs * rows * columns)}, with channels as inputs and outputs
 * and the kernel's rows and columns: ERK of Evci et al., "Rigging the lottery" (2020), section 3. A layer whose density would
 * exceed 1 stays dense, and the other layers share the rest.
 */
@Kind("erk")
public record ErdosRenyi(
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
        double[] densities = new double[architecture.layers()];
        Arrays.fill(densities, -1); // not dense yet
        while (true) {
            // Of the layers that are not dense: the weights to keep, and those kept at a factor of 1.
            double kept = density * architecture.weights();
            double sum = 0;
            for (int layer = 0; layer < densities.length; layer++) {
                if (densities[layer] == 1) {
                    kept -= architecture.weights(layer);
                } else {
                    sum += share(architecture, layer);
                }
            }
            double factor = kept / sum;
            boolean more = false;
            for (int layer = 0; layer < densities.length; layer++) {
                if (densities[layer] == 1) {
                    continue;
                }
                double wanted = factor * share(architecture, layer) / architecture.weights(layer);
                densities[layer] = Math.min(1, wanted);
                more |= wanted > 1;
            }
            if (!more) {
                return Arrays.stream(densities).boxed().toList();
            }
        }
    }

    /** Weights that a layer keeps at a factor of 1: inputs, outputs, and the two sides of a convolution's kernel. */
    private static int share(Architecture architecture, int layer) {
        int inputs = architecture.inputs(layer);
        if (!architecture.convolution(layer)) {
            return inputs + architecture.outputs(layer);
        }
        int area = architecture.kernelArea(layer);
        int side = (int) Math.sqrt(area); // kernels are square, and a root of a square is exact
        return inputs / area + architecture.outputs(layer) + 2 * side;
    }

    @Override
    public List<Double> fractions(Architecture architecture, int levels) {
        return Quota.ofDensities(densities(architecture), levels);
    }

    /** Registers the kind. */
    public static final class Definition implements QuotaKind<ErdosRenyi> {
        @Override
        public Class<ErdosRenyi> settings() {
            return ErdosRenyi.class;
        }

        @Override
        public Quota create(ErdosRenyi settings) {
            return settings;
        }
    }
}
