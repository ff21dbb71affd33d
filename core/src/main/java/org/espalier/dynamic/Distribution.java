package org.espalier.dynamic;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.prune.CountingRule;
import org.espalier.prune.ErdosRenyi;
import org.espalier.prune.quota.IdealGas;
import org.espalier.random.Stream;

/** How a density is shared between layers. */
public enum Distribution {
    /** The same density in each layer. */
    UNIFORM {
        @Override
        public List<Double> densities(Architecture architecture, double density) {
            return Collections.nCopies(architecture.layers(), density);
        }
    },
    /**
     * The first layer whole, and the density in each other one: the network keeps more than the density says. Evci et al.,
     * "Rigging the lottery" (2020), section 3, and their code, which leaves the default sparsity of other layers as it is.
     */
    UNIFORM_DENSE_FIRST {
        @Override
        public List<Double> densities(Architecture architecture, double density) {
            List<Double> densities = new ArrayList<>(Collections.nCopies(architecture.layers(), density));
            densities.set(0, 1.0);
            return List.copyOf(densities);
        }
    },
    /** As {@link ErdosRenyi}. */
    ERK {
        @Override
        public List<Double> densities(Architecture architecture, double density) {
            return new ErdosRenyi(density).densities(architecture);
        }
    },
    /** As {@link IdealGas}. */
    IGQ {
        @Override
        public List<Double> densities(Architecture architecture, double density) {
            return new IdealGas(density).densities(architecture);
        }
    };

    /** What the setting of a rule says that chooses one. */
    public static final String BY_LAYER =
            "density by layer: uniform, uniform-dense-first (the first layer whole, density in each other one), erk (Erdos-Renyi"
                    + " kernel), igq (ideal gas quotas)";

    /**
     * Densities before rounding to whole weights.
     *
     * @param density of the whole network, but for {@link #UNIFORM_DENSE_FIRST}; in (0, 1]
     * @return (layer) densities in (0, 1]
     */
    public abstract List<Double> densities(Architecture architecture, double density);

    /**
     * Weights to keep.
     *
     * @return (layer) round(d n), at least 1
     */
    public int[] counts(Architecture architecture, double density) {
        return counts(architecture, densities(architecture, density));
    }

    private static int[] counts(Architecture architecture, List<Double> densities) {
        int[] counts = new int[architecture.layers()];
        for (int layer = 0; layer < counts.length; layer++) {
            int weights = architecture.weights(layer);
            counts[layer] = Math.clamp(CountingRule.EXACT.pruned(densities.get(layer), weights), 1, weights);
        }
        return counts;
    }

    /** A random mask of these counts, drawn from children of the stream by layer. */
    public Mask draw(Architecture architecture, double density, Stream stream) {
        return draw(architecture, densities(architecture, density), stream);
    }

    /**
     * A random mask, drawn from children of the stream by layer.
     *
     * @param densities (layer) in (0, 1]; a layer of n weights keeps round(d n), at least 1
     */
    static Mask draw(Architecture architecture, List<Double> densities, Stream stream) {
        int[] counts = counts(architecture, densities);
        Selection selection = new Selection();
        BitSet[] survivors = new BitSet[counts.length];
        for (int layer = 0; layer < counts.length; layer++) {
            BitSet all = new BitSet();
            all.set(0, architecture.weights(layer));
            survivors[layer] = selection.random(all, counts[layer], stream.child(layer));
        }
        return Mask.of(architecture, survivors);
    }
}
