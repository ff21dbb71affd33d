package org.espalier.prune.quota;

import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.prune.Quota;
import org.espalier.prune.QuotaKind;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** A density for each layer, as a list. */
@Kind("densities")
public record FixedDensities(
        @Setting(
                value =
                        "weights left in each layer after the last level, as fractions of its weights, in the order of the"
                                + " network's layers",
                minItems = 1,
                min = 0,
                max = 1)
        List<Double> densities)
        implements Quota {
    public FixedDensities {
        densities = List.copyOf(densities);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is not one density per layer
     */
    @Override
    public List<Double> fractions(Architecture architecture, int levels) {
        if (densities.size() != architecture.layers()) {
            throw new IllegalArgumentException("densities has " + densities.size() + " numbers, expected "
                    + architecture.layers() + ", one for each layer with weights");
        }
        return Quota.ofDensities(densities, levels);
    }

    /** Registers the kind. */
    public static final class Definition implements QuotaKind<FixedDensities> {
        @Override
        public Class<FixedDensities> settings() {
            return FixedDensities.class;
        }

        @Override
        public Quota create(FixedDensities settings) {
            return settings;
        }
    }
}
